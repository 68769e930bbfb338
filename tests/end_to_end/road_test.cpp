#include "tests/end_to_end/node.h"

// The road with both ends: a User's commands, the platform, an emulated home.
namespace meterway::end_to_end {
namespace {

class Road : public ::testing::Test {
 protected:
  void SetUp() override {
    node.start_platform();
    node.start_estate();
  }
  Node node;
};

std::string id_in(const std::string& said) {
  const auto at = said.find("RequestID");
  const auto begin = said.find_first_not_of(' ', at + 9);
  return said.substr(begin, said.find('\n', begin) - begin);
}

TEST_F(Road, ReadsTheElectricityRegistersInTheirUnit) {
  const auto said = node.send({"4.1.1", "--to", kEsme});
  EXPECT_EQ(said.status, 0) << said.out;
  EXPECT_TRUE(has(said.out, "I99")) << said.out;
  EXPECT_TRUE(has(said.out, "kWh")) << said.out;
  EXPECT_TRUE(has(said.out, "MAC valid")) << said.out;
}

TEST_F(Road, ReadsTheGasRegistersOfTheProxy) {
  const auto said = node.send({"4.1.1", "--to", kGpf});
  EXPECT_EQ(said.status, 0) << said.out;
  EXPECT_TRUE(has(said.out, "m3")) << said.out;
}

TEST_F(Road, CarriesACriticalCommandThatTheUserHasSigned) {
  const auto said = node.send({"1.1.1", "--to", kEsme});
  EXPECT_EQ(said.status, 0) << said.out;
  EXPECT_TRUE(has(said.out, "signature valid")) << said.out;
  const auto id = id_in(said.out);
  EXPECT_TRUE(node.traced(id, "transform", "pre-command"));
  EXPECT_TRUE(node.traced(id, "dispatch", "matched"));
  EXPECT_TRUE(node.traced(id, "correlate", "matched"));
}

TEST_F(Road, TopsUpReadsTheBalanceAndTheSupply) {
  for (const auto& service : {"2.2", "4.18", "7.4"}) {
    const auto said = node.send({service, "--to", kEsme});
    EXPECT_EQ(said.status, 0) << service << "\n" << said.out;
  }
}

TEST_F(Road, AddsADeviceToTheHubsLogAndSaysSoInTheInventory) {
  const auto added = node.send({"8.11", "--to", kHub, "--param", "DeviceID=00-DB-12-34-56-78-90-A8", "--param",
                                "InstallCode=30313233343536373839414243444546"});
  EXPECT_EQ(added.status, 0) << added.out;
  auto inventory = node.send({"8.2", "--to", kSpare});
  EXPECT_TRUE(has(inventory.out, "Whitelisted")) << inventory.out;
  const auto removed =
      node.send({"8.11", "--to", kHub, "--param", "DeviceID=00-DB-12-34-56-78-90-A8", "--param", "RequestType=Remove"});
  EXPECT_EQ(removed.status, 0) << removed.out;
  inventory = node.send({"8.2", "--to", kSpare});
  EXPECT_TRUE(has(inventory.out, "Pending")) << inventory.out;
}

TEST_F(Road, TracesEveryHopInOrder) {
  const auto said = node.send({"4.1.1", "--to", kEsme});
  ASSERT_EQ(said.status, 0) << said.out;
  const auto id = id_in(said.out);
  ASSERT_TRUE(Node::eventually([&] { return node.traced(id, "deliver", "delivered"); }, 5)) << node.trace(id).dump(1);
  std::vector<std::string> steps;
  for (const auto& event : node.trace(id)) {
    const auto step = event.at("step").get<std::string>() + " " + event.at("outcome").get<std::string>();
    if (step != "wan arrived") steps.push_back(step);  // the hub's receipt may overtake the answer, or not
  }
  const std::vector<std::string> expected{"gateway received",  "verify passed",     "authorise passed",
                                          "transform command", "gateway accepted",  "dispatch protected",
                                          "wan sent",          "correlate matched", "deliver queued",
                                          "deliver pushed",    "deliver delivered"};
  EXPECT_EQ(steps, expected) << node.trace(id).dump(1);
}

TEST_F(Road, ARequestThatComesTwiceGoesOnceAndGetsTheSameAnswer) {
  const auto request = node.signed_request({"7.4", "--to", kEsme});
  const auto first = node.post('S', request);
  const auto second = node.post('S', request);
  EXPECT_EQ(code_of(first), "I99") << first.body;
  EXPECT_EQ(second.body, first.body);
  const auto id = element(request, "RequestID");
  ASSERT_TRUE(Node::eventually([&] { return node.traced(id, "deliver", "queued"); }, 10)) << node.trace(id).dump(1);
  int sent = 0;
  for (const auto& event : node.trace(id)) sent += event.at("step") == "wan" && event.at("outcome") == "sent";
  EXPECT_EQ(sent, 1);
}

TEST_F(Road, WhatWasAcceptedBeforeACrashIsCarriedAfterIt) {
  node.stop_estate();
  const auto request = node.signed_request({"7.4", "--to", kEsme});
  EXPECT_EQ(code_of(node.post('S', request)), "I99");
  node.stop_platform(SIGKILL);
  node.start_platform();
  node.start_estate();
  const auto id = element(request, "RequestID");
  EXPECT_TRUE(Node::eventually([&] { return node.traced(id, "correlate", "matched"); }, 10)) << node.trace(id).dump(1);
}

TEST_F(Road, AnAnswerThatCouldNotBePushedIsPushedAfterARestart) {
  const auto request = node.signed_request({"7.4", "--to", kEsme});  // nobody listens at the User's address
  EXPECT_EQ(code_of(node.post('S', request)), "I99");
  const auto id = element(request, "RequestID");
  ASSERT_TRUE(Node::eventually([&] { return node.traced(id, "deliver", "failed"); }, 10)) << node.trace(id).dump(1);
  node.stop_platform(SIGKILL);
  node.start_platform();
  const auto listener =
      start({METERWAY_BINARY, "listen", "--data", node.data(), "--user", kSupplier}, node.root() / "listen.log");
  EXPECT_TRUE(Node::eventually([&] { return node.traced(id, "deliver", "delivered"); }, 10))
      << node.trace(id).dump(1) << slurp(node.root() / "listen.log");
  ::kill(listener, SIGTERM);
  wait_for(listener);
}

}  // namespace
}  // namespace meterway::end_to_end
