#include "base/util/hex.h"
#include "standard/gbcs/message.h"
#include "tests/end_to_end/node.h"

// A meter's own keys renewed over the whole road: 6.17 asks the meter for a new pair, SMKI certifies it, 6.15.2 brings
// the certificate, 6.24.2 reads it; then everything works by the new keys.
namespace meterway::end_to_end {
namespace {

constexpr const char *kSigning = "Digital Signature", *kAgreement = "Key Agreement";

class OwnKeys : public ::testing::Test {
 protected:
  void SetUp() override {
    node.start_platform();
    node.start_estate();
  }

  std::string file(const std::string& name) const { return (node.root() / name).string(); }
  Said ask(const char* service, const char* device, const std::string& parameter, const std::string& payload) {
    return node.send({service, "--to", device, "--from", kSupplier, "--param", parameter, "--payload", file(payload)});
  }
  /// What the device says it goes by.
  std::string shown(const char* device, const char* use) {
    const auto said = ask("6.24.2", device, std::string("CredentialType=") + use, "shown.gbcs");
    EXPECT_EQ(said.status, 0) << said.out;
    const auto bytes = slurp(file("shown.gbcs"));
    const auto message =
        gbcs::read_message(ByteView(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
    return message ? std::string(message->content.begin(), message->content.end()) : std::string();
  }
  /// Asks for a pair and has it certified: the certificate's serial number.
  std::string certified(const char* device, const char* use, const std::string& data) {
    const auto asked = ask("6.17", device, std::string("CredentialType=") + use, "asked.gbcs");
    EXPECT_EQ(asked.status, 0) << asked.out;
    const auto made =
        node.run({"pki", "certify", "--data", data, "--request", file("asked.gbcs"), "--out", file("new.der")});
    EXPECT_EQ(made.status, 0) << made.out;
    const auto at = made.out.rfind(' ');
    return made.out.substr(at + 1, made.out.find('\n', at) - at - 1);
  }
  Said bring(const char* device) {
    return ask("6.15.2", device, "DeviceCertificate=@" + file("new.der"), "taken.gbcs");
  }
  /// "in use", "pending", ... of the certificate with this serial number.
  std::string status(const char* device, const std::string& serial) {
    const auto list = node.run({"certificate", "list", "--data", node.data(), "--owner", device});
    std::istringstream lines(list.out);
    for (std::string line; std::getline(lines, line);) {
      if (!has(line, serial)) continue;
      return has(line, "  in use ") ? "in use" : has(line, "  pending ") ? "pending" : "not in use";
    }
    return "unknown: " + list.out;
  }
  void everything_works(const char* device) {
    for (const char* service : {"4.1.1", "7.4", "11.2"}) {
      std::vector<std::string> line{service, "--to", device, "--from", kSupplier};
      const auto said = node.send(line);
      EXPECT_EQ(said.status, 0) << service << "\n" << said.out;
    }
    EXPECT_FALSE(shown(device, kSigning).empty());
  }

  Node node;
};

TEST_F(OwnKeys, OfBothMetersAreRenewedAndEverythingWorksByTheNewOnes) {
  for (const char* device : {kEsme, kGsme}) {
    std::vector<std::string> renewed;
    for (const char* use : {kSigning, kAgreement}) {
      const auto before = shown(device, use);
      const auto serial = certified(device, use, node.data());
      EXPECT_EQ(shown(device, use), before) << "asking alone changes nothing";
      const auto taken = bring(device);
      EXPECT_EQ(taken.status, 0) << taken.out;
      EXPECT_TRUE(has(taken.out, "success")) << taken.out;
      EXPECT_EQ(shown(device, use), slurp(file("new.der")));
      EXPECT_EQ(status(device, serial), "in use");
      renewed.push_back(serial);
    }
    everything_works(device);
    for (const auto& serial : renewed) EXPECT_EQ(status(device, serial), "in use");
  }
  node.stop_estate();
  node.stop_platform(SIGKILL);
  node.start_platform();
  node.start_estate();
  everything_works(kEsme);
  everything_works(kGsme);
}

TEST_F(OwnKeys, ACertificateOfAnUnknownAuthorityIsNotBroughtToTheMeter) {
  const auto elsewhere = file("elsewhere");
  ASSERT_EQ(node.run({"pki", "make", "--data", elsewhere}).status, 0);
  certified(kEsme, kSigning, elsewhere);
  const auto refused = bring(kEsme);
  EXPECT_NE(refused.status, 0);
  EXPECT_TRUE(has(refused.out, "E100")) << refused.out;
  certified(kEsme, kSigning, node.data());
  EXPECT_TRUE(has(bring(kEsme).out, "success"));
}

TEST_F(OwnKeys, ACertificateForNoPairThatWaitsChangesNothing) {
  const auto first = certified(kEsme, kSigning, node.data());
  fs::copy_file(file("new.der"), file("first.der"));
  certified(kEsme, kSigning, node.data());  // another pair waits now
  const auto before = shown(kEsme, kSigning);
  const auto said = ask("6.15.2", kEsme, "DeviceCertificate=@" + file("first.der"), "taken.gbcs");
  EXPECT_TRUE(has(said.out, "no corresponding key pair")) << said.out;
  EXPECT_EQ(shown(kEsme, kSigning), before);
  EXPECT_EQ(status(kEsme, first), "not in use");
  everything_works(kEsme);
}

}  // namespace
}  // namespace meterway::end_to_end
