#include "standard/ids/ids.h"
#include "tests/end_to_end/node.h"

// Firmware as a supplier brings it to a meter: an image made and signed, sent by 11.1, carried in blocks, verified by
// the meter, taken into use by 11.3, and read back by 11.2.
namespace meterway::end_to_end {
namespace {

class Upgrade : public ::testing::Test {
 protected:
  void SetUp() override {
    node.start_platform();
    node.start_estate();
  }

  /// A file that takes several blocks, made into an image; its hash for 11.3.
  std::string make_image(const std::string& name, const std::string& version, std::vector<std::string> more) {
    const auto content = node.root() / (name + ".bin");
    std::ofstream(content, std::ios::binary) << std::string(100'000, 'm') + name;
    std::vector<std::string> line{"firmware", "make",  "--data",    node.data(),     "--version",
                                  version,    "--out", image(name), content.string()};
    line.insert(line.end(), more.begin(), more.end());
    const auto made = node.run(line);
    EXPECT_EQ(made.status, 0) << made.out;
    const auto at = made.out.find("hash  ");
    return at == std::string::npos ? "" : made.out.substr(at + 6, 64);
  }
  std::string image(const std::string& name) const { return (node.root() / (name + ".ota")).string(); }

  Said update(const char* service, const std::string& name, const std::string& devices) {
    return node.send({service, "--to", kBroker, "--from", kSupplier, "--param", "FirmwareImage=@" + image(name),
                      "--param", "FirmwareVersion=00020007", "--param", "DeviceIDList=" + devices});
  }
  static std::string dashed(const char* eui) { return Eui64::parse(eui)->dashed_upper(); }
  std::string version_of(const char* device) { return node.send({"11.2", "--to", device, "--from", kSupplier}).out; }

  /// Whether the supplier's inbox is told of it, by and by.
  bool hears(std::string_view what) {
    const auto log = node.root() / "listen.log";
    const auto listener = start({METERWAY_BINARY, "listen", "--data", node.data(), "--user", kSupplier}, log);
    const bool heard = Node::eventually([&] { return has(slurp(log), what); }, 60);
    EXPECT_TRUE(heard) << slurp(log);
    ::kill(listener, SIGTERM);
    wait_for(listener);
    return heard;
  }

  Node node;
};

TEST_F(Upgrade, ReachesMetersIsVerifiedAndRunsWhenItIsActivated) {
  const auto hash = make_image("meter", "00020007", {"--from", kSupplier});
  const auto sent = update("11.1", "meter", dashed(kEsme) + "," + dashed(kGsme));
  EXPECT_EQ(sent.status, 0) << sent.out;
  ASSERT_TRUE(hears("8f72"));

  EXPECT_FALSE(has(version_of(kEsme), "00020007"));
  const auto other =
      node.send({"11.3", "--to", kEsme, "--from", kSupplier, "--param", "FirmwareHash=" + std::string(64, '1')});
  EXPECT_TRUE(has(other.out, "2 hash mismatch")) << other.out;
  const auto done = node.send({"11.3", "--to", kEsme, "--from", kSupplier, "--param", "FirmwareHash=" + hash});
  EXPECT_EQ(done.status, 0) << done.out;
  EXPECT_TRUE(has(done.out, "result: success")) << done.out;
  EXPECT_TRUE(has(version_of(kEsme), "00020007")) << version_of(kEsme);
  EXPECT_EQ(node.send({"11.3", "--to", kGsme, "--from", kSupplier, "--param", "FirmwareHash=" + hash}).status, 0);
  EXPECT_TRUE(has(version_of(kGsme), "00020007")) << version_of(kGsme);
  for (const char* device : {kEsme, kGsme}) {
    const auto inventory = node.send({"8.2", "--to", device, "--from", kSupplier});
    EXPECT_TRUE(has(inventory.out, "DeviceFirmwareVersion: 00020007")) << inventory.out;
  }
}

TEST_F(Upgrade, NamesTheDevicesThatCannotHaveIt) {
  make_image("meter", "00020007", {"--from", kSupplier});
  const auto sent = update("11.1", "meter", dashed(kEsme) + "," + dashed(kPpmid) + ",00-DB-12-34-56-78-90-FF");
  EXPECT_EQ(sent.status, 0) << sent.out;
  EXPECT_TRUE(has(sent.out, "DSPUpdateFirmwareWarning")) << sent.out;
  EXPECT_TRUE(has(sent.out, dashed(kPpmid))) << sent.out;
  EXPECT_TRUE(has(sent.out, "00-DB-12-34-56-78-90-FF")) << sent.out;
}

TEST_F(Upgrade, OfADisplayRunsAtOnce) {
  make_image("display", "00020007", {"--unsigned"});
  const auto sent = update("11.4", "display", dashed(kPpmid));
  EXPECT_EQ(sent.status, 0) << sent.out;
  EXPECT_TRUE(Node::eventually([&] { return has(version_of(kPpmid), "00020007"); }, 30)) << version_of(kPpmid);
}

TEST_F(Upgrade, GoesOnAfterThePlatformWasKilledAndTheEstateStartedAnew) {
  node.stop_estate();
  make_image("meter", "00020007", {"--from", kSupplier});
  EXPECT_EQ(update("11.1", "meter", dashed(kEsme)).status, 0);
  node.stop_platform(SIGKILL);
  node.start_platform();
  node.start_estate();
  EXPECT_TRUE(hears("8f72"));
}

TEST_F(Upgrade, AnImageThatIsNoneIsRefused) {
  std::ofstream(image("nothing")) << "nothing at all";
  const auto sent = update("11.1", "nothing", dashed(kEsme));
  EXPECT_NE(sent.status, 0);
  EXPECT_TRUE(has(sent.out, "E100")) << sent.out;
}

}  // namespace
}  // namespace meterway::end_to_end
