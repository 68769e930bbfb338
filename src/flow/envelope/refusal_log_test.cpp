#include "flow/envelope/refusal_log.h"

#include "records/audit/log.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow {
namespace {

class RefusalLogBench : public tests::FlowBench {
 protected:
  RefusalLogBench() { settings.refusal_events_per_minute = 3; }
  std::string detail_of(const std::string& key) {
    const auto events = read<std::vector<store::Event>>([&](const auto& view) { return events_of(view, key); });
    return events.empty() ? "" : events.back().detail;
  }
};

TEST_F(RefusalLogBench, OneRefusalIsOneEventUnderItsKeyOrOneOfItsOwn) {
  RefusalLog log(context());
  EXPECT_EQ(log.write(RefusalLog::kNobody, "key", {Refusal::NotXml, "line 1"}, tests::bench_time()), "key");
  EXPECT_EQ(trace("key"), std::vector<std::string>{"gateway refused"});
  EXPECT_EQ(detail_of("key"), "not_xml: line 1");
  const auto own = log.write(RefusalLog::kNobody, "", {Refusal::NotXml, ""}, tests::bench_time());
  EXPECT_TRUE(own.starts_with("refused:")) << own;
  EXPECT_EQ(trace(own).size(), 1u);
}

TEST_F(RefusalLogBench, WhatIsMoreInAMinuteBecomesANumberAtItsEnd) {
  RefusalLog log(context());
  for (int i = 0; i < 10; ++i) log.write(tests::kSupplier, "key", {Refusal::StaleCounter, ""}, tests::bench_time());
  log.write(tests::kSupplier, "key", {Refusal::NoDevice, ""}, tests::bench_time());
  log.write(tests::kOtherSupplier, "other", {Refusal::NoDevice, ""}, tests::bench_time());
  EXPECT_EQ(trace("key").size(), 3u);
  EXPECT_EQ(trace("other").size(), 1u) << "another source has its own share";
  const auto summary = "refused:" + tests::kSupplier.dashed_upper();
  executor.run();
  EXPECT_TRUE(trace(summary).empty());
  clock.advance(std::chrono::minutes(1));
  executor.run();
  EXPECT_EQ(trace(summary).size(), 1u);
  EXPECT_NE(detail_of(summary).find("1 no_device 7 stale_counter"), std::string::npos) << detail_of(summary);
  log.write(tests::kSupplier, "key", {Refusal::StaleCounter, ""}, tests::bench_time());
  EXPECT_EQ(trace("key").size(), 4u) << "the next minute has a share of its own";
}

TEST_F(RefusalLogBench, ManySourcesAtOnceHaveALimitTogether) {
  RefusalLog log(context());
  for (std::uint64_t source = 1; source <= 1000; ++source)
    EXPECT_TRUE(
        log.write(Eui64(source), "device:" + std::to_string(source), "refused", {"correlate", "refused", "", {}, {}}));
  std::size_t written = 0;
  for (int source = 1; source <= 1000; ++source) written += trace("device:" + std::to_string(source)).size();
  EXPECT_EQ(written, 30u);
  clock.advance(std::chrono::minutes(1));
  executor.run();
  EXPECT_NE(detail_of("refused:nobody").find("970 refused"), std::string::npos) << detail_of("refused:nobody");
}

TEST_F(RefusalLogBench, WhatAccessControlRefusesIsALineOfTheAuditThatCounts) {
  RefusalLog log(context());
  const auto lines = [&] { return read<audit::Page>([](const auto& v) { return audit::list(v, {}, 0, 10); }).entries; };
  const auto refuse = [&](std::uint64_t counter, Refusal why, std::uint64_t device = 1) {
    const RequestId id{tests::kSupplier, Eui64(device), {counter}};
    log.write(id, "4.1.1", {why, "words; rule responsible.IS not_responsible as IS; facts 4.1.1/..."},
              tests::bench_time());
    return trace(id.text()).size();
  };
  EXPECT_EQ(refuse(1, Refusal::Senseless), 1u);
  EXPECT_TRUE(lines().empty()) << "no decision on who may";
  EXPECT_EQ(refuse(2, Refusal::NotResponsible), 1u);
  EXPECT_EQ(refuse(3, Refusal::NotResponsible, 2), 1u) << "its own event, whatever the device";
  ASSERT_EQ(lines().size(), 1u);
  const auto line = lines()[0];
  EXPECT_EQ(line.person, "user-" + tests::kSupplier.plain());
  EXPECT_EQ(line.function, "service.4.1.1");
  EXPECT_EQ(line.about, "not_responsible");
  EXPECT_EQ(line.outcome, "refused");
  EXPECT_EQ(line.rule, "responsible.IS");
  EXPECT_NE(line.detail.find(":2: words; rule responsible.IS"), std::string::npos) << line.detail;
  const auto times = [&] { return read<std::uint64_t>([&](const auto& v) { return audit::times_of(v, line); }); };
  EXPECT_EQ(times(), 2u);

  // Beyond what is written one by one in a minute there is no write at all, and then one line with the numbers.
  EXPECT_EQ(refuse(4, Refusal::NotResponsible), 0u);
  EXPECT_EQ(refuse(5, Refusal::Senseless), 0u);
  EXPECT_EQ(times(), 2u);
  clock.advance(std::chrono::minutes(1));
  executor.run();
  ASSERT_EQ(lines().size(), 2u);
  EXPECT_EQ(lines()[0].function, "service.refusals");
  EXPECT_NE(lines()[0].detail.find("1 not_responsible 1 senseless"), std::string::npos) << lines()[0].detail;
}

TEST(ClaimedRequestId, IsReadFromWhatIsNoDocument) {
  EXPECT_EQ(claimed_request_id("<a:RequestID>90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:7</a"),
            "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:7");
  for (const auto* text : {"", "RequestID>", "RequestID>90-B3", "RequestID><x/>90-B3-D5-1F-30-01-00-00"})
    EXPECT_EQ(claimed_request_id(text), "") << text;
}

}  // namespace
}  // namespace meterway::flow
