// Registration data and schedules: what a switch of supplier does to what the former one has asked for.
#include "tests/end_to_end/supplier.h"
#include "tests/registration/files.h"

namespace meterway::acceptance {
namespace {

using nlohmann::json;
using namespace end_to_end;

std::string form(UtcTime moment) {
  const auto text = to_iso8601(moment, 0);
  return "<sr:ScheduleFrequency>Daily</sr:ScheduleFrequency><sr:ScheduleStartDate>" + text.substr(0, 10) +
         "</sr:ScheduleStartDate><sr:ScheduleExecutionStartTime>" + text.substr(11) +
         "</sr:ScheduleExecutionStartTime><sr:DSPScheduledServiceReference>4.16</sr:DSPScheduledServiceReference>"
         "<sr:DSPScheduledServiceReferenceVariant>4.16</sr:DSPScheduledServiceReferenceVariant><sr:DeviceID>" +
         Eui64::parse(kEsme).value().dashed_upper() + "</sr:DeviceID><sr:DSPReadActivePowerImport/>";
}

/// GIVEN a file with a switch whose moment has come, whoever loaded it and when, THEN the former supplier has no
/// schedule and no dated request any more and is told so, and the new one may make his own.
TEST(acceptance, A60Schedules) {
  Node node({{"schedule_sweep_ms", 1000}, {"dcc_alert_codes", {{"schedule_removed", "N43"}}}});
  node.start_platform();
  constexpr const char* kPoint = "1200023305967";
  const auto call = [&](const std::string& method, const std::string& path, const json& body = {}) {
    const auto text = body.is_null() ? "" : body.is_string() ? body.get<std::string>() : body.dump();
    const auto answer =
        net::http_request(method, node.http() + "/api/v1/" + path, node.as_operator(), text, std::chrono::seconds(20));
    EXPECT_TRUE(answer && answer->status <= 404) << path << (answer ? answer->body : "");
    return answer && answer->status <= 201 ? json::parse(answer->body, nullptr, false) : json();
  };
  for (const auto& [eui, id] : {std::pair{kSupplier, "OLDS"}, std::pair{kSecondSupplier, "NEWS"}}) {
    auto user = call("GET", "users/" + std::string(eui));
    user["participants"] = json::array({{{"role", "IS"}, {"id", id}}});
    call("PUT", "users/" + std::string(eui), user);
  }
  auto meter = call("GET", "devices/" + std::string(kEsme));
  meter["details"]["ImportMPxN"] = kPoint;
  call("PUT", "devices/" + std::string(kEsme), meter);
  call("PUT", "registration/senders/RDPE", {{"party", "Electricity RDP"}, {"source", "rdp-electricity"}});
  const auto load = [&](std::uint64_t sequence, const std::string& record) {
    const auto path = node.root() / ("RDPE-" + std::to_string(sequence) + ".usr");
    ASSERT_TRUE(write_text_file(path, registration::electricity_file(sequence, {record})));
    const auto said = node.run({"registration", "load", path.string(), "--data", node.data()});
    EXPECT_EQ(said.status, 0) << said.out;
  };
  load(1, std::string("REG|") + kPoint + "|IS|OLDS|20200101||");
  Supplier former(node), next(node, kSecondSupplier);
  const auto far = SystemClock().now() + std::chrono::hours(20);
  const auto ask = [&](Supplier& user) {
    return node.post('D', user.request(user.next_id(kBroker), CommandVariant::NonDevice, "5.1", form(far)));
  };
  const auto number = element(ask(former).body, "DSPScheduleID");
  ASSERT_FALSE(number.empty());
  EXPECT_EQ(code_of(ask(next)), "E4");
  const auto dated = former.next_id(kEsme);
  const auto date = "<sr:ExecutionDateTime>" + to_iso8601(far, 0) + "</sr:ExecutionDateTime>";
  ASSERT_EQ(code_of(node.post('S', former.request(dated, CommandVariant::SendCommand, "4.1.1", date))), "I99");
  load(2, std::string("REG|") + kPoint + "|IS|NEWS|20991231||");
  std::this_thread::sleep_for(std::chrono::seconds(2));
  EXPECT_FALSE(call("GET", "schedules/" + number).is_null()) << "its moment has not come";

  load(3, std::string("REG|") + kPoint + "|IS|NEWS|20260101||");
  const auto read = node.post('D', former.request(former.next_id(kBroker), CommandVariant::NonDevice, "5.2",
                                                  "<sr:DSPScheduleID>" + number + "</sr:DSPScheduleID>"));
  EXPECT_EQ(code_of(read), "E100") << "from that moment, swept or not";
  ASSERT_TRUE(Node::eventually([&] { return call("GET", "schedules/" + number).is_null(); }, 20));
  EXPECT_TRUE(has(node.trace("dcc:schedule_removed:" + number).dump(), "N43 for ")) << "the former one is told";
  EXPECT_TRUE(Node::eventually([&] { return has(node.trace(dated.text()).dump(), "E4 for "); }, 20))
      << node.trace(dated.text()).dump(1);
  EXPECT_EQ(code_of(ask(next)), "I0");
}

}  // namespace
}  // namespace meterway::acceptance
