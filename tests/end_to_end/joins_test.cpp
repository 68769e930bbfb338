#include "standard/ids/ids.h"
#include "tests/end_to_end/node.h"

// Joins and unjoins over the road, sent as a User would: the devices carry them out and keep them, the inventory learns
// of them from answers of success alone, and an answer that says no is told in words.
namespace meterway::end_to_end {
namespace {

constexpr const char* kNobody = "00db1234567890ff";

/// As answers name a device.
std::string dashed(const char* eui) { return Eui64::parse(eui)->dashed_upper(); }

class Homes {
 public:
  Homes() {
    node.start_platform();
    node.start_estate();
  }
  Said ask(const char* service, const char* device, const char* other) {
    return said(node.send({service, "--to", device, "--from", kSupplier, "--param", "OtherDeviceID=" + dashed(other)}));
  }
  /// Whom the device says it has joined.
  Said log_of(const char* device) { return said(node.send({"8.9", "--to", device, "--from", kSupplier})); }
  nlohmann::json device(const char* eui) const {
    const auto answer = net::http_request("GET", node.http() + "/api/v1/devices/" + eui, node.as_operator(), "",
                                          std::chrono::seconds(5));
    return answer && answer->status == 200 ? nlohmann::json::parse(answer->body) : nlohmann::json::object();
  }
  std::string state(const char* eui) const { return device(eui).value("state", ""); }
  void set_state(const char* eui, const char* state) const {
    auto now = device(eui);
    now["state"] = state;
    auto headers = node.as_operator();
    headers["content-type"] = "application/json";
    const auto put =
        net::http_request("PUT", node.http() + "/api/v1/devices/" + eui, headers, now.dump(), std::chrono::seconds(5));
    ASSERT_TRUE(put && put->status == 200) << (put ? put->body : describe(put.error()));
  }
  bool becomes(const char* eui, const std::string& wanted) const {
    return Node::eventually([&] { return state(eui) == wanted; }, 10);
  }
  /// Of the request sent last.
  bool traced(std::string_view outcome) const { return node.traced(last_, "correlate", outcome); }

  Node node;

 private:
  Said said(Said what) {
    constexpr std::string_view kLabel = "RequestID ";
    const auto at = what.out.find(kLabel);
    const auto from = at == std::string::npos ? at : what.out.find_first_not_of(' ', at + kLabel.size());
    last_ = from == std::string::npos ? "" : what.out.substr(from, what.out.find('\n', from) - from);
    return what;
  }
  std::string last_;
};

void expect_done(const Said& said, std::string_view result = "result: success") {
  EXPECT_EQ(said.status, 0) << said.out;
  EXPECT_TRUE(has(said.out, result)) << said.out;
  EXPECT_FALSE(has(said.out, "not done")) << said.out;
}
void expect_refused(const Said& said, const std::string& result) {
  EXPECT_EQ(said.status, 0) << "it was answered: " << said.out;
  EXPECT_TRUE(has(said.out, "not done")) << said.out;
  EXPECT_TRUE(has(said.out, "the device says: " + result)) << said.out;
}

TEST(JoinsOverTheRoad, MakeADisplayCommissionedAndAreKnownToBothDevices) {
  Homes home;
  home.set_state(kPpmid, "InstalledNotCommissioned");
  EXPECT_FALSE(has(home.log_of(kEsme).out, dashed(kPpmid)));

  // Whom the hub does not know nobody joins; nothing is learnt from a refusal.
  expect_refused(home.ask("8.7.2", kPpmid, kNobody), "12 no partner link key");
  EXPECT_FALSE(home.traced("joined"));
  EXPECT_EQ(home.state(kPpmid), "InstalledNotCommissioned");

  // The display, in the name of the broker, and its meter, signed by the supplier.
  expect_done(home.ask("8.7.2", kPpmid, kEsme));
  EXPECT_TRUE(home.becomes(kPpmid, "Commissioned")) << home.device(kPpmid).dump(1);
  EXPECT_TRUE(home.traced("joined"));
  expect_done(home.ask("8.7.1", kEsme, kPpmid));
  EXPECT_TRUE(home.traced("joined"));
  auto log = home.log_of(kEsme);
  EXPECT_TRUE(has(log.out, dashed(kPpmid))) << log.out;

  // They are kept: the devices start again and still know each other.
  home.node.stop_estate();
  home.node.start_estate();
  EXPECT_TRUE(Node::eventually([&] { return has(home.log_of(kEsme).out, dashed(kPpmid)); }, 30));

  // Both let go; once more there is nothing to let go of.
  expect_done(home.ask("8.8.2", kPpmid, kEsme));
  EXPECT_TRUE(home.traced("unjoined"));
  expect_done(home.ask("8.8.1", kEsme, kPpmid));
  expect_refused(home.ask("8.8.1", kEsme, kPpmid), "1 not in log");
  EXPECT_FALSE(home.traced("unjoined"));
  log = home.log_of(kEsme);
  EXPECT_FALSE(has(log.out, dashed(kPpmid))) << log.out;
}

TEST(JoinsOverTheRoad, OfAGasMeterCarryTheCertificateOfItsDisplay) {
  Homes home;
  expect_done(home.ask("8.7.1", kGsme, kPpmid));
  expect_done(home.ask("8.7.2", kPpmid, kGsme));
  expect_done(home.ask("8.7.2", kGsme, kGpf));
  expect_done(home.ask("8.7.2", kGpf, kGsme));
  const auto log = home.log_of(kGsme);
  EXPECT_TRUE(has(log.out, dashed(kPpmid))) << log.out;
  EXPECT_TRUE(has(log.out, dashed(kGpf))) << log.out;
  // What a signed command made an unsigned one does not end.
  expect_refused(home.ask("8.8.2", kGsme, kPpmid), "2 failure");
  expect_done(home.ask("8.8.1", kGsme, kPpmid));
  expect_done(home.ask("8.8.2", kGsme, kGpf));
  expect_refused(home.ask("8.8.2", kGpf, kPpmid), "1 not in log");
}

TEST(JoinsOverTheRoad, AGasProxyWithoutMemoryIsGivenTheLogThatWasReported) {
  Homes home;
  expect_done(home.ask("8.7.2", kGpf, kGsme));
  EXPECT_TRUE(has(home.log_of(kGpf).out, dashed(kGsme)));  // and the report of the change has come before this answer
  home.node.stop_estate();
  fs::remove_all(home.node.data() + "/estate/state");
  home.node.start_estate();
  ASSERT_TRUE(Node::eventually([&] { return home.log_of(kGpf).status == 0; }, 30));
  EXPECT_FALSE(has(home.log_of(kGpf).out, dashed(kGsme))) << "as delivered";
  const auto restored =
      home.node.send({"8.12.2", "--to", kGpf, "--from", kSupplier, "--param", "OldGPFID=" + dashed(kGpf)});
  EXPECT_EQ(restored.status, 0) << restored.out;
  EXPECT_TRUE(has(home.log_of(kGpf).out, dashed(kGsme))) << restored.out;
}

TEST(SentBodies, CommissionAMeterWithoutBeingToldAnything) {
  Homes home;
  for (const auto* meter : {kEsme, kGsme}) {
    home.set_state(meter, "InstalledNotCommissioned");
    const auto late = home.node.send({"8.1.1", "--to", meter, "--from", kSupplier, "--param", "TolerancePeriod=0"});
    EXPECT_TRUE(has(late.out, "not done")) << late.out;
    EXPECT_EQ(home.state(meter), "InstalledNotCommissioned");
    const auto done = home.node.send({"8.1.1", "--to", meter, "--from", kSupplier});
    EXPECT_EQ(done.status, 0) << done.out;
    EXPECT_FALSE(has(done.out, "not done")) << done.out;
    EXPECT_TRUE(home.becomes(meter, "Commissioned")) << home.device(meter).dump(1);
  }
}

}  // namespace
}  // namespace meterway::end_to_end
