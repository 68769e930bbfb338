#include "standard/gbcs/protect.h"
#include "tests/end_to_end/region.h"

// What a hostile device, or whoever holds the link, can say: the platform has the test for its region, and the test the
// keys of the home's devices. Each message is right but for one thing; the right one is taken after all of them.
namespace meterway::end_to_end {
namespace {

constexpr std::uint64_t kEsmeNumber = 0x00db1234567890a0;

class BadDevice : public ::testing::Test {
 protected:
  void SetUp() override {
    node.start_platform();
    region = std::make_unique<Region>(node);
    keys = *pki::open_key_folder(node.root() / "data" / "estate" / "keys");
  }
  /// Sends what the arguments say and takes the command from the link; the RequestID.
  std::string ask(std::vector<std::string> arguments) {
    arguments.push_back("--no-wait");
    const auto before = region->commands();
    const auto said = node.send(std::move(arguments));
    EXPECT_EQ(said.status, 0) << said.out;
    EXPECT_TRUE(Node::eventually([&] { return region->commands() > before; }, 5));
    const auto begin = said.out.find_first_not_of(' ', said.out.find("RequestID") + 9);
    return said.out.substr(begin, said.out.find('\n', begin) - begin);
  }
  /// The answer to the last command, neither signed nor with a MAC.
  gbcs::Message response() const {
    const auto command = gbcs::read_message(region->last_command());
    EXPECT_TRUE(command);
    gbcs::Message out;
    out.header = command->header;
    out.header.kind = gbcs::Kind::Response;
    std::swap(out.header.originator, out.header.target);
    out.content = {0xDA, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
    return out;
  }
  Bytes signed_by(gbcs::Message message, Eui64 device) const {
    EXPECT_TRUE(gbcs::sign(message, *keys->private_key(device, pki::KeyUse::DigitalSignature)));
    return gbcs::write_message(message);
  }
  int count(const std::string& key, std::string_view step, std::string_view outcome) const {
    int found = 0;
    for (const auto& event : node.trace(key)) found += event.at("step") == step && event.at("outcome") == outcome;
    return found;
  }

  Node node{{{"device_timeout_ms", 120000}, {"refusal_events_per_minute", 100000}}};
  std::unique_ptr<Region> region;
  std::unique_ptr<pki::KeyStore> keys;
};

TEST_F(BadDevice, CannotAnswerACriticalCommandButWithItsOwnSignature) {
  const auto id = ask({"1.1.1", "--to", kEsme});
  const Eui64 esme(kEsmeNumber), gsme(kEsmeNumber + 1);
  const auto right = response();
  const auto good = signed_by(right, esme);

  auto broken = good;
  broken.back() ^= 1;
  EXPECT_TRUE(region->say(kEsmeNumber, broken));
  EXPECT_EQ(count(id, "correlate", "refused"), 1) << "a signature that is wrong";
  EXPECT_TRUE(region->say(kEsmeNumber, signed_by(right, gsme)));
  EXPECT_EQ(count(id, "correlate", "refused"), 2) << "that of another device";
  EXPECT_TRUE(region->say(kEsmeNumber, gbcs::write_message(right)));
  EXPECT_EQ(count(id, "correlate", "refused"), 3) << "none";
  auto changed = *gbcs::read_message(good);
  changed.content.back() ^= 1;
  EXPECT_TRUE(region->say(kEsmeNumber, gbcs::write_message(changed)));
  EXPECT_EQ(count(id, "correlate", "refused"), 4) << "of other content";
  auto other_code = right;
  other_code.header.code = MessageCode{static_cast<std::uint16_t>(right.header.code.value + 1)};
  EXPECT_TRUE(region->say(kEsmeNumber, signed_by(other_code, esme)));
  EXPECT_EQ(count(id, "correlate", "refused"), 5) << "to another use case";

  for (std::size_t size = 1; size < good.size(); ++size)
    ASSERT_TRUE(region->say(kEsmeNumber, Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))))
        << size;
  EXPECT_EQ(count(id, "correlate", "matched"), 0) << "nothing of that is an answer";
  EXPECT_EQ(count(id, "deliver", "queued"), 0);
  EXPECT_GE(count("device:00db1234567890a0", "correlate", "refused"), 1) << "and the log says so";

  EXPECT_TRUE(region->say(kEsmeNumber, good));
  EXPECT_EQ(count(id, "correlate", "matched"), 1);
  for (int again = 0; again < 3; ++again) EXPECT_TRUE(region->say(kEsmeNumber, good));
  EXPECT_EQ(count(id, "correlate", "matched"), 1) << "duplicates tell nothing new";
  EXPECT_EQ(count(id, "deliver", "queued"), 1);
}

TEST_F(BadDevice, CannotAnswerWhatItWasNotAsked) {
  const auto id = ask({"7.4", "--to", kEsme});
  const auto right = response();
  auto later = right;
  later.header.counter.value += 1;
  const auto unknown = "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:" + std::to_string(later.header.counter.value);
  EXPECT_TRUE(region->say(kEsmeNumber, gbcs::write_message(later)));
  EXPECT_EQ(count(unknown, "correlate", "unmatched"), 1) << "another counter";
  EXPECT_TRUE(region->say(kEsmeNumber + 1, gbcs::write_message(right)));
  EXPECT_EQ(count("device:00db1234567890a1", "correlate", "refused"), 1) << "for another device";
  auto command = right;
  command.header.kind = gbcs::Kind::Command;
  EXPECT_TRUE(region->say(kEsmeNumber, gbcs::write_message(command)));
  EXPECT_EQ(count("device:00db1234567890a0", "correlate", "refused"), 1) << "a command";
  EXPECT_TRUE(region->say(kEsmeNumber, {0x00}));
  EXPECT_EQ(count("device:00db1234567890a0", "correlate", "refused"), 2) << "no message";
  EXPECT_EQ(count(id, "correlate", "matched"), 0);
  EXPECT_EQ(count(id, "deliver", "queued"), 0);
}

TEST_F(BadDevice, AMacThatOnlyTheUserCanCheckIsDeliveredAndTheUserRefusesIt) {
  const auto id = ask({"7.4", "--to", kEsme});
  auto forged = response();
  forged.mac.emplace();
  forged.mac->fill(0x5A);
  EXPECT_TRUE(region->say(kEsmeNumber, gbcs::write_message(forged)));
  EXPECT_EQ(count(id, "correlate", "matched"), 1);
  const auto listener =
      start({METERWAY_BINARY, "listen", "--data", node.data(), "--user", kSupplier}, node.root() / "listen.log");
  EXPECT_TRUE(Node::eventually([&] { return has(slurp(node.root() / "listen.log"), "REFUSED"); }, 15))
      << node.trace(id).dump(1) << slurp(node.root() / "listen.log");
  ::kill(listener, SIGTERM);
  wait_for(listener);
  EXPECT_FALSE(has(slurp(node.root() / "listen.log"), "taken")) << slurp(node.root() / "listen.log");
  EXPECT_EQ(count(id, "deliver", "delivered"), 0);
}

}  // namespace
}  // namespace meterway::end_to_end
