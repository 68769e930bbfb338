#include "flow/envelope/refusal_log.h"

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

TEST(ClaimedRequestId, IsReadFromWhatIsNoDocument) {
  EXPECT_EQ(claimed_request_id("<a:RequestID>90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:7</a"),
            "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:7");
  for (const auto* text : {"", "RequestID>", "RequestID>90-B3", "RequestID><x/>90-B3-D5-1F-30-01-00-00"})
    EXPECT_EQ(claimed_request_id(text), "") << text;
}

}  // namespace
}  // namespace meterway::flow
