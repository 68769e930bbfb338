#include "standard/ids/ids.h"
#include "tests/end_to_end/node.h"

// A consumer tops up with no WAN: the User makes a token, somebody types it in at home, and what the meter has to say
// comes when the platform is there again.
namespace meterway::end_to_end {
namespace {

class Tokens : public testing::Test {
 protected:
  Tokens() {
    node.start_platform();
    node.start_estate();
  }
  /// As the User makes it, without sending anything.
  std::string token_for(const char* meter, const char* pounds) {
    auto said = node.run(
        {"send", "2.2", "--to", meter, "--from", kSupplier, "--pounds", pounds, "--token", "--data", node.data()});
    EXPECT_EQ(said.status, 0) << said.out;
    while (!said.out.empty() && said.out.back() == '\n') said.out.pop_back();
    EXPECT_EQ(said.out.size(), 20u) << said.out;
    return said.out;
  }
  Said at_home(std::vector<std::string> what) {
    what.insert(what.begin(), "estate");
    what.insert(what.end(), {"--data", node.data()});
    Said said;
    node.eventually([&] { return !has((said = node.run(what)).out, "running estate"); }, 20);
    return said;
  }
  std::string trace(const std::string& key) { return node.run({"trace", key, "--data", node.data()}).out; }
  static std::string alert(const char* meter, int counter) {
    return std::string("alert:") + meter + ":" + std::to_string(counter);
  }
  Said ask(const char* service, const char* device, const char* other) {
    return node.send({service, "--to", device, "--from", kSupplier, "--param",
                      "OtherDeviceID=" + Eui64::parse(other)->dashed_upper()});
  }

  Node node;
};

TEST_F(Tokens, TypedInWithoutTheWanAreCreditedOnceAndToldWhenItIsBack) {
  const auto token = token_for(kEsme, "20");
  ASSERT_FALSE(has(at_home({"stats"}).out, "\"error\""));
  node.stop_platform();
  const auto taken = at_home({"top-up", "--device", kEsme, "--token", token});
  EXPECT_EQ(taken.status, 0) << taken.out;
  EXPECT_TRUE(has(taken.out, "\"pence\":2000.0")) << taken.out;
  const auto again = at_home({"top-up", "--device", kEsme, "--token", token});
  EXPECT_NE(again.status, 0);
  EXPECT_TRUE(has(again.out, "taken before")) << again.out;
  const auto other = at_home({"top-up", "--device", kGsme, "--token", token});
  EXPECT_TRUE(has(other.out, "not authentic for this meter")) << other.out;

  node.start_platform();
  EXPECT_TRUE(node.eventually([&] { return has(trace(alert(kEsme, 1)), "queued"); }, 30));
  EXPECT_TRUE(has(trace(alert(kEsme, 1)), "Credit Added Locally")) << trace(alert(kEsme, 1));
  EXPECT_TRUE(node.eventually([&] { return has(trace(alert(kEsme, 2)), "Duplicate UTRN entered"); }, 10));
  EXPECT_TRUE(node.eventually([&] { return has(trace(alert(kGsme, 1)), "UTRN not Authentic"); }, 10));
}

TEST_F(Tokens, TypedIntoADisplayReachTheMetersThatItHasJoined) {
  for (const auto* meter : {kEsme, kGsme}) {
    EXPECT_TRUE(has(at_home({"top-up", "--device", meter, "--at", kPpmid, "--token", token_for(meter, "5")}).out,
                    "not joined"));
    EXPECT_EQ(ask("8.7.2", kPpmid, meter).status, 0);
    EXPECT_EQ(ask("8.7.1", meter, kPpmid).status, 0);
    const auto taken = at_home({"top-up", "--device", meter, "--at", kPpmid, "--token", token_for(meter, "5")});
    EXPECT_EQ(taken.status, 0) << taken.out;
    EXPECT_TRUE(has(taken.out, "\"pence\":500.0")) << taken.out;
    EXPECT_TRUE(node.eventually([&] { return has(trace(alert(meter, 1)), "Credit Added Locally"); }, 20));
    EXPECT_TRUE(has(at_home({"emergency-credit", "--device", meter, "--at", kPpmid}).out, "not offered"));
  }
  EXPECT_EQ(at_home({"enable-supply", "--device", kEsme}).status, 0);
}

}  // namespace
}  // namespace meterway::end_to_end
