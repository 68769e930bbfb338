// A trace over HTTP: what happened, by which rule, whose move it is, and who is shown how much of it.
#include "flow/envelope/trace.h"
#include "base/util/hex.h"
#include "tests/portal/portal_bench.h"

namespace meterway::portal {
namespace {

using tests::kMeter;
using tests::kSupplier;

class TraceRoute : public PortalBench {
 protected:
  TraceRoute() {
    gbcs::Message message;
    message.header = {gbcs::Kind::Command, {1000}, kSupplier, kMeter, {}, {0x0052}, {}, {}, {}, {}};
    message.content = {1, 2, 3};
    command_ = gbcs::write_message(message);
    record_.id = record_.header = {kSupplier, kMeter, {1000}};
    record_.service = record_.service_reference = "7.4";
    record_.received_at = clock.now();
    record_.progress = registry::Progress::Accepted;
    record_.transaction = 1;
    record_.document = "<Request/>";
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(registry::put_request(view, record_));
      const auto at = [&](int us) { return clock.now() + std::chrono::microseconds(us); };
      return flow::trace(
          view, context(), key(),
          {{"gateway", "received", "10 bytes for serviceS", {}, at(0)},
           {"verify", "passed", "schema 5.4 in 100 us, signed with certificate 77", {}, at(350)},
           {"authorise", "passed", "service 7.4 for supplier; rule responsible.IS allowed as IS; facts x", {}, at(400)},
           {"transform", "command", "service 7.4 as ECS82", command_, at(450)},
           {"gateway", "accepted", "I99", {}, at(500)}});
    });
  }
  std::string key() const { return record_.id.text(); }
  json traced(const std::string& as, const std::string& query = "") {
    const auto answer = ask("GET", "/api/v1/trace/" + key() + query, as);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body);
  }

  registry::RequestRecord record_;
  Bytes command_;
};

TEST_F(TraceRoute, TellsStepsWithTimeAreaAndRuleAndWhoseMoveItIs) {
  const auto trace = traced("user");
  EXPECT_EQ(trace.at("events").size(), 5u);
  const auto& steps = trace.at("steps");
  ASSERT_EQ(steps.size(), 6u) << steps.dump(1);
  std::vector<std::string> areas;
  for (const auto& step : steps) areas.push_back(step.at("area"));
  EXPECT_EQ(areas, (std::vector<std::string>{"TLS", "XSD", "SIG", "ACCESS", "TRANSFORM", "DCC"}));
  EXPECT_EQ(steps[1].at("duration_us"), 100);
  EXPECT_EQ(steps[2].at("duration_us"), 250);
  EXPECT_EQ(steps[2].at("time"), "2026-06-01T00:00:00.000350Z");
  EXPECT_EQ(steps[3].at("rule").at("name"), "responsible.IS");
  EXPECT_EQ(steps[3].at("rule").at("clause"), "DUIS E4");
  EXPECT_EQ(trace.at("verdict").at("state"), "queued");
  EXPECT_EQ(trace.at("verdict").at("who"), "in_progress");
  EXPECT_EQ(trace.at("service_name"), duis::find_service("7.4")->name);
  EXPECT_EQ(trace.at("keys").at(0).at("role"), "signed the request");
  EXPECT_EQ(trace.at("keys").at(0).at("serial"), "4D");
}

TEST_F(TraceRoute, GivesEveryByteOfAMessageAndWhatItIs) {
  const auto trace = traced("operations");
  const auto& step = trace.at("steps").at(4);
  const auto hex = trace.at("events").at(step.at("event").get<std::size_t>()).at("bytes").get<std::string>();
  EXPECT_EQ(hex, to_hex(command_));
  std::size_t bytes = 0;
  for (const auto& part : step.at("parts")) {
    EXPECT_EQ(part.at("offset"), bytes);
    bytes += part.at("size").get<std::size_t>();
  }
  EXPECT_EQ(bytes, command_.size());
  EXPECT_EQ(step.at("header").at("use_case"), "ECS45");
}

TEST_F(TraceRoute, TheServiceDeskSeesDecisionsAndNoPayload) {
  const auto answer = ask("GET", "/api/v1/trace/" + key() + "?format=json", "desk");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.find(to_hex(command_)), std::string::npos);
  const auto trace = json::parse(answer.body);
  EXPECT_EQ(trace.at("verdict").at("state"), "queued");
  EXPECT_FALSE(trace.at("left_out").get<std::string>().empty());
  for (const auto& event : trace.at("events")) EXPECT_FALSE(event.contains("bytes") || event.contains("message"));
  for (const auto& step : trace.at("steps")) EXPECT_FALSE(step.contains("parts"));
  EXPECT_FALSE(trace.contains("curl"));
  EXPECT_EQ(ask("GET", "/api/v1/trace/" + key() + "/answer", "desk").status, 403);
  EXPECT_TRUE(traced("party").at("events").at(3).contains("bytes")) << "his own party's User's";
}

TEST_F(TraceRoute, FindsTheKeyInWhateverFormItIsPasted) {
  for (const auto* pasted : {"90b3d51f30010000:00db1234567890a0:1000", "90B3D51F30010000%3A00DB1234567890A0%3A1000",
                             "%2090-b3-d5-1f-30-01-00-00:00-db-12-34-56-78-90-a0:1000%20"}) {
    const auto answer = ask("GET", "/api/v1/trace/" + std::string(pasted), "user");
    ASSERT_EQ(answer.status, 200) << pasted;
    EXPECT_EQ(json::parse(answer.body).at("request_id"), key());
  }
}

TEST_F(TraceRoute, SaysHowToSendTheSameAgain) {
  EXPECT_EQ(traced("user").at("curl"),
            json::array({"curl -sS -X POST \"$BENCH/api/v1/serviceS\" -H 'content-type: application/xml' "
                         "--data-binary @request.xml"}));
}

}  // namespace
}  // namespace meterway::portal
