#include "tests/end_to_end/supplier.h"

// Schedules on the wall's clock: asked for, run, told, listed, deleted; over a kill; taken away with the meter.
namespace meterway::end_to_end {
namespace {

using nlohmann::json;
using std::chrono::seconds;

UtcTime in(seconds from_now) { return std::chrono::time_point_cast<seconds>(SystemClock().now() + from_now); }

/// A daily read log of the day before, with this as its first moment.
std::string form(UtcTime moment, const char* device = kEsme) {
  const auto text = to_iso8601(moment, 0);
  return "<sr:ScheduleFrequency>Daily</sr:ScheduleFrequency><sr:ScheduleStartDate>" + text.substr(0, 10) +
         "</sr:ScheduleStartDate><sr:ScheduleExecutionStartTime>" + text.substr(11) +
         "</sr:ScheduleExecutionStartTime><sr:DSPScheduledServiceReference>4.6</sr:DSPScheduledServiceReference>"
         "<sr:DSPScheduledServiceReferenceVariant>4.6.1</sr:DSPScheduledServiceReferenceVariant><sr:DeviceID>" +
         Eui64::parse(device).value().dashed_upper() +
         "</sr:DeviceID><sr:DSPRetrieveImportDailyReadLog><sr:StartDateOffset>-1</sr:StartDateOffset>"
         "<sr:StartTime>00:00:00.00Z</sr:StartTime><sr:EndDateOffset>0</sr:EndDateOffset>"
         "<sr:EndTime>00:00:00.00Z</sr:EndTime></sr:DSPRetrieveImportDailyReadLog>";
}
std::string by_number(const std::string& number) { return "<sr:DSPScheduleID>" + number + "</sr:DSPScheduleID>"; }

class Schedules : public testing::Test {
 protected:
  Schedules() {
    node.start_platform();
    node.start_estate();
  }
  net::HttpResponse ask(Supplier& user, const char* service, const std::string& inside) {
    return node.post('D', user.request(user.next_id(kBroker), CommandVariant::NonDevice, service, inside));
  }
  json of_operator(const std::string& path) {
    const auto answer = net::http_request("GET", node.http() + "/api/v1/" + path, node.as_operator(), "", seconds(20));
    return answer && answer->status == 200 ? json::parse(answer->body) : json();
  }
  Node node{
      {{"schedule_spread_ms", 0}, {"schedule_sweep_ms", 1000}, {"dcc_alert_codes", {{"schedule_removed", "N43"}}}}};
};

TEST_F(Schedules, RunAtTheirMomentAndAreToldAsScheduledAlsoAfterAKill) {
  Supplier user(node);
  const auto moment = in(seconds(6));
  const auto made = ask(user, "5.1", form(moment));
  ASSERT_EQ(code_of(made), "I0") << made.body;
  const auto number = element(made.body, "DSPScheduleID");
  const auto read = ask(user, "5.2", by_number(number));
  ASSERT_EQ(code_of(read), "I0") << read.body;
  EXPECT_TRUE(duis::read_response(read.body)) << "fits the schema";
  EXPECT_EQ(element(read.body, "DSPScheduledServiceReferenceVariant"), "4.6.1");
  EXPECT_EQ(element(read.body, "StartDateOffset"), "-1");
  Supplier other(node, kSecondSupplier);
  EXPECT_EQ(code_of(ask(other, "5.2", by_number(number))), "E100");
  EXPECT_EQ(code_of(ask(other, "5.3", by_number(number))), "E100");
  node.stop_platform(SIGKILL);
  node.start_platform();
  ASSERT_TRUE(Node::eventually([&] { return of_operator("schedules/" + number).value("runs", 0) == 1; }, 20));
  const auto shown = node.run({"schedule", "list", "--user", kSupplier, "--data", node.data()});
  EXPECT_EQ(shown.status, 0) << shown.out;
  EXPECT_TRUE(has(shown.out, number) && has(shown.out, "1 runs, 0 missed")) << shown.out;
  EXPECT_TRUE(has(node.run({"schedule", "show", number, "--data", node.data()}).out, "\"frequency\": \"Daily\""));
  // What was sent: the only arrival at the meter. What came of it is queued in class scheduled.
  std::string id;
  ASSERT_TRUE(Node::eventually(
      [&] {
        std::istringstream lines(slurp(fs::path(node.data()) / "estate" / "arrivals.tsv"));
        std::string time, hub, device, link, originator, counter;
        if (!(lines >> time >> hub >> device >> link >> originator >> counter)) return false;
        EXPECT_GE(from_iso8601(time).value(), moment);
        id = RequestId{Eui64::parse(originator).value(), Eui64::parse(device).value(), {std::stoull(counter)}}.text();
        return has(node.trace(id).dump(), "I0 for ");
      },
      20));
  const auto trace = node.trace(id).dump(1);
  EXPECT_TRUE(has(trace, "schedule " + number)) << trace;
  EXPECT_TRUE(has(trace, ", scheduled")) << trace;
  EXPECT_EQ(code_of(ask(user, "5.3", by_number(number))), "I99");
  EXPECT_EQ(code_of(ask(user, "5.2", by_number(number))), "E100");
  EXPECT_TRUE(of_operator("schedules").at("schedules").empty());
}

TEST_F(Schedules, AreRefusedAsTheRequestThatTheyStandForWouldBe) {
  Supplier user(node), other(node, kSecondSupplier);
  EXPECT_EQ(code_of(ask(other, "5.1", form(in(seconds(60))))), "E4");
  EXPECT_EQ(code_of(ask(user, "5.1", form(in(seconds(60)), "00db1234567890ff"))), "E19");
  EXPECT_EQ(code_of(ask(user, "5.1", form(in(seconds(60)), kHub))), "E11");
  auto wrong = form(in(seconds(60)));
  wrong.replace(wrong.find(">4.6<"), 5, ">4.8<");
  EXPECT_EQ(code_of(ask(user, "5.1", wrong)), "E100");
  EXPECT_TRUE(of_operator("schedules").at("schedules").empty());
  const auto nobody = net::http_request("GET", node.http() + "/api/v1/schedules", {}, "", seconds(20));
  EXPECT_TRUE(nobody && nobody->status == 401);
}

/// A switch of supplier that the inventory dates: from its moment on the former one has no schedule, and no dated
/// request either; the new one may make his own.
TEST_F(Schedules, GoWithTheMeterAtTheMomentOfTheSwitch) {
  Supplier former(node), next(node, kSecondSupplier);
  const auto until = in(seconds(8));
  auto meter = of_operator("devices/" + std::string(kEsme));
  for (auto& entry : meter["responsible"]) {
    if (entry["user"] == kSupplier) entry["until"] = to_iso8601(until);
  }
  meter["responsible"].push_back({{"role", "IS"}, {"user", kSecondSupplier}, {"from", to_iso8601(until)}});
  const auto put =
      net::http_request("PUT", node.http() + "/api/v1/devices/" + kEsme, node.as_operator(), meter.dump(), seconds(20));
  ASSERT_TRUE(put && put->status <= 201) << put->body;
  const auto number = element(ask(former, "5.1", form(in(seconds(3600)))).body, "DSPScheduleID");
  ASSERT_FALSE(number.empty());
  const auto dated = former.next_id(kEsme);
  const auto date = "<sr:ExecutionDateTime>" + to_iso8601(in(seconds(3600)), 0) + "</sr:ExecutionDateTime>";
  ASSERT_EQ(code_of(node.post('S', former.request(dated, CommandVariant::SendCommand, "4.1.1", date))), "I99");
  EXPECT_EQ(code_of(ask(next, "5.1", form(in(seconds(3600))))), "E4") << "not his yet";
  ASSERT_LT(SystemClock().now(), until) << "too slow to see what was before";
  EXPECT_EQ(code_of(ask(former, "5.2", by_number(number))), "I0");
  ASSERT_TRUE(Node::eventually([&] { return of_operator("schedules/" + number).is_null(); }, 20));
  EXPECT_GE(SystemClock().now(), until);
  EXPECT_TRUE(has(node.trace("dcc:schedule_removed:" + number).dump(), "N43 for ")) << "and he is told";
  EXPECT_TRUE(Node::eventually([&] { return has(node.trace(dated.text()).dump(), "E4 for "); }, 20))
      << node.trace(dated.text()).dump(1);
  EXPECT_EQ(code_of(ask(next, "5.1", form(in(seconds(3600))))), "I0");
}

}  // namespace
}  // namespace meterway::end_to_end
