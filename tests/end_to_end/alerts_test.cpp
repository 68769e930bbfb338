#include "tests/end_to_end/node.h"

// Alerts as a person raises them on the emulated home: by command line into a device, over the link, and out again to
// the User's inbox, named; and what is refused, in words.
namespace meterway::end_to_end {
namespace {

class Alerts : public testing::Test {
 protected:
  Alerts() : node(nlohmann::json{{"throttle", {{"alerts", 3}, {"window_ms", 6000}}}}) {
    node.start_platform();
    node.start_estate();
  }
  /// Asks until the home is there: it listens once it has started.
  Said raise(std::vector<std::string> rest) {
    std::vector<std::string> arguments{"estate", "alert"};
    arguments.insert(arguments.end(), rest.begin(), rest.end());
    arguments.insert(arguments.end(), {"--data", node.data()});
    Said said;
    node.eventually([&] { return !has((said = node.run(arguments)).out, "running estate"); }, 20);
    return said;
  }
  std::string trace(const std::string& key) { return node.run({"trace", key, "--data", node.data()}).out; }

  Node node;
};

TEST_F(Alerts, ADeviceRaisesWhatItIsToldAndTheUserGetsItNamed) {
  const auto said = raise({"8F76", "--device", kEsme});
  EXPECT_EQ(said.status, 0) << said.out;
  EXPECT_TRUE(has(said.out, "\"route\":\"firm\"")) << said.out;
  const std::string key = std::string("alert:") + kEsme + ":1";
  EXPECT_TRUE(node.eventually([&] { return has(trace(key), "queued"); }, 10));
  const auto seen = trace(key);
  EXPECT_TRUE(has(seen, "Unauthorised Physical Access - Terminal Cover Removed")) << seen;
  EXPECT_TRUE(has(seen, "for 90-B3-D5-1F-30-01-00-00")) << "the supplier: " << seen;
  EXPECT_TRUE(has(seen, "for 90-B3-D5-1F-30-02-00-00")) << "and the network operator: " << seen;
}

TEST_F(Alerts, WhatMakesNoSenseIsRefusedInWords) {
  const auto refused = [&](std::vector<std::string> rest) {
    const auto said = raise(std::move(rest));
    EXPECT_NE(said.status, 0);
    return said.out;
  };
  EXPECT_TRUE(has(refused({"8F99", "--device", kEsme}), "no alert has the code 8f99"));
  EXPECT_TRUE(has(refused({"supply", "--device", kEsme}), "alert code"));
  EXPECT_TRUE(has(refused({"8F36", "--device", "00db1234567890ff"}), "no device 00db1234567890ff in this estate"));
  EXPECT_TRUE(has(refused({"8F36", "--device", kGsme}), "no GSME raises 8f36"));
  EXPECT_TRUE(has(refused({"8F36", "--device", kEsme, "--param", "to=supplier"}), "is firm: network_operator"));
  EXPECT_TRUE(has(refused({"8F72", "--device", kEsme}), "wants parameter image_hash:hex32"));
  EXPECT_TRUE(has(refused({"8F36", "--device", kEsme, "--param", "phase"}), "name=value"));
}

TEST_F(Alerts, AStormIsHeldWithItsReasonAndSummedUp) {
  for (int i = 0; i < 6; ++i) EXPECT_EQ(raise({"8F3E", "--device", kEsme}).status, 0);
  const auto key = [](int counter) { return std::string("alert:") + kEsme + ":" + std::to_string(counter); };
  EXPECT_TRUE(node.eventually([&] { return has(trace(key(6)), "throttled"); }, 10)) << trace(key(6));
  EXPECT_TRUE(has(trace(key(3)), "queued")) << trace(key(3));
  EXPECT_TRUE(has(trace(key(4)), "more than 3 of 8f3e from this device in 6 s")) << trace(key(4));
  EXPECT_TRUE(node.eventually([&] { return has(trace(key(6)), "storm 1 of 8f3e: 3 held"); }, 20)) << trace(key(6));
}

}  // namespace
}  // namespace meterway::end_to_end
