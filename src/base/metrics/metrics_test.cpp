#include "base/metrics/metrics.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/metrics/exposition.h"

namespace meterway::metrics {
namespace {

constexpr Row kCalls{"calls_total", Type::Counter, "who,how", "", "Calls\nby \\ who"};
constexpr Row kSeconds{"seconds", Type::Histogram, "", "0.1,1", "Time"};

TEST(Metrics, CountEachCombinationOfLabelsByItself) {
  Family calls(kCalls);
  calls.add({"a", "x"});
  calls.add({"a", "x"}, 4);
  calls.add({"b", "x"});
  EXPECT_EQ(calls.value({"a", "x"}), 5);
  EXPECT_EQ(calls.value({"b", "x"}), 1);
  EXPECT_EQ(calls.value({"c", "x"}), 0);
  EXPECT_EQ(calls.samples().size(), 2u);
}

TEST(Metrics, AValueOnABoundFallsIntoTheBucketOfThatBound) {
  Family seconds(kSeconds);
  for (const double value : {0.1, 0.05, 0.11, 1.0, 7.5, -3.0}) seconds.observe({}, value);
  const auto sample = seconds.samples().at(0);
  EXPECT_EQ(sample.buckets, (std::vector<std::uint64_t>{3, 2, 1}));
  EXPECT_NEAR(sample.sum, 0.1 + 0.05 + 0.11 + 1.0 + 7.5, 1e-6);
  EXPECT_EQ(sample.value, 6);
}

TEST(Metrics, MoreLabelsThanThereIsRoomForAreOneSeries) {
  Family calls(kCalls);
  constexpr std::size_t kMore = 40;
  for (std::size_t i = 0; i < Family::kMostSeries + kMore; ++i) calls.add({std::to_string(i), "x"});
  EXPECT_EQ(calls.samples().size(), Family::kMostSeries + 1);
  EXPECT_EQ(calls.value({"other", "other"}), kMore);
  calls.add({"0", "x"});
  EXPECT_EQ(calls.value({"0", "x"}), 2) << "what was there before is still counted by itself";
}

TEST(Metrics, LoseNothingWhenManyThreadsMeetTheSameNewLabels) {
  Family calls(kCalls);
  constexpr int kThreads = 8, kEach = 20'000, kNames = 37;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) calls.add({std::to_string(i % kNames), "x"});
    });
  }
  for (auto& thread : threads) thread.join();
  double sum = 0;
  for (const auto& sample : calls.samples()) sum += sample.value;
  EXPECT_EQ(sum, kThreads * kEach);
  EXPECT_EQ(calls.samples().size(), static_cast<std::size_t>(kNames));
}

TEST(Metrics, AreWrittenWithEverythingEscapedThatWouldBreakALine) {
  Registry registry;
  registry["meterway_requests_total"].add({"4.1.1", "a\"b\\c\nd"});
  const auto text = write_text(registry, Format::Text);
  EXPECT_NE(text.find(R"(meterway_requests_total{service="4.1.1",outcome="a\"b\\c\nd"} 1)"), std::string::npos) << text;
}

TEST(Metrics, AHistogramIsWrittenWithWhatIsBelowEachBoundAndEndsWithAll) {
  Registry registry;
  auto& road = registry["meterway_road_seconds"];
  road.observe({}, 0.07);
  road.observe({}, 1e9);
  const auto text = write_text(registry, Format::Text);
  EXPECT_NE(text.find("meterway_road_seconds_bucket{le=\"0.05\"} 0\n"), std::string::npos);
  EXPECT_NE(text.find("meterway_road_seconds_bucket{le=\"0.1\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("meterway_road_seconds_bucket{le=\"86400\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("meterway_road_seconds_bucket{le=\"+Inf\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("meterway_road_seconds_count 2\n"), std::string::npos);
}

TEST(Metrics, OpenMetricsNamesACounterWithoutItsEndingAndSaysWhereItEnds) {
  Registry registry;
  registry["meterway_quarantined_total"].add({}, 3);
  const auto text = write_text(registry, format_for("application/openmetrics-text;version=1.0.0,text/plain;q=0.3"));
  EXPECT_NE(text.find("# TYPE meterway_quarantined counter\nmeterway_quarantined_total 3\n"), std::string::npos);
  EXPECT_NE(text.find("le=\"1.0\""), std::string::npos) << "a bound is a number with a point there";
  EXPECT_TRUE(text.ends_with("# EOF\n"));
  EXPECT_EQ(format_for("text/plain"), Format::Text);
}

TEST(MetricsDeathTest, ANameWithoutARowIsAMistakeOfTheProgram) {
  Registry registry;
  EXPECT_DEATH(registry["meterway_unheard_of"], "no row of spec/metrics.tsv");
}

}  // namespace
}  // namespace meterway::metrics
