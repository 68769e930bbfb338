#include "base/util/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace meterway {
namespace {

constexpr UtcTime kStart{std::chrono::hours(24 * 365 * 56)};

TEST(ThreadExecutor, KeepsTheOrderOfALane) {
  const SystemClock clock;
  const auto executor = make_thread_executor(clock, 4, 10000);
  std::vector<int> seen[3];
  std::promise<void> done[3];
  for (int i = 0; i < 1000; ++i) {
    for (std::uint64_t lane = 0; lane < 3; ++lane)
      ASSERT_TRUE(executor->post(lane, [&seen, lane, i] { seen[lane].push_back(i); }));
  }
  for (std::uint64_t lane = 0; lane < 3; ++lane) {
    ASSERT_TRUE(executor->post(lane, [&done, lane] { done[lane].set_value(); }));
    done[lane].get_future().wait();
    ASSERT_EQ(seen[lane].size(), 1000u);
    EXPECT_TRUE(std::is_sorted(seen[lane].begin(), seen[lane].end()));
  }
}

TEST(ThreadExecutor, RefusesWorkForAFullLaneAndTakesItAgainLater) {
  const SystemClock clock;
  const auto executor = make_thread_executor(clock, 1, 2);
  std::promise<void> entered, leave;
  ASSERT_TRUE(executor->post(1, [&] {
    entered.set_value();
    leave.get_future().wait();
  }));
  entered.get_future().wait();
  EXPECT_TRUE(executor->post(1, [] {}));
  EXPECT_TRUE(executor->post(1, [] {}));
  const auto third = executor->post(1, [] {});
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::Full);
  leave.set_value();
  while (!executor->post(1, [] {})) std::this_thread::yield();
}

TEST(ThreadExecutor, RunsWhatIsDueWhenTheClockHasReachedItAndInThatOrder) {
  ManualClock clock(kStart);
  const auto executor = make_thread_executor(clock, 1, 100);
  std::vector<int> seen;
  std::promise<void> both;
  executor->at(kStart + std::chrono::hours(2), 7, [&] {
    seen.push_back(2);
    both.set_value();
  });
  executor->at(kStart + std::chrono::hours(1), 7, [&] { seen.push_back(1); });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  std::promise<void> asked;
  ASSERT_TRUE(executor->post(7, [&] {
    EXPECT_TRUE(seen.empty());
    asked.set_value();
  }));
  asked.get_future().wait();
  clock.advance(std::chrono::hours(3));
  both.get_future().wait();
  EXPECT_EQ(seen, (std::vector<int>{1, 2}));
}

TEST(ThreadExecutor, WhatIsDueAlreadyRunsEvenWhereTheLaneIsFullAndNotBeforeWhatWasDueEarlier) {
  ManualClock clock(kStart);
  const auto executor = make_thread_executor(clock, 1, 1);
  std::promise<void> entered, leave, last;
  std::vector<int> seen;
  ASSERT_TRUE(executor->post(7, [&] {
    entered.set_value();
    leave.get_future().wait();
  }));
  entered.get_future().wait();
  ASSERT_TRUE(executor->post(7, [&] { seen.push_back(0); }));
  ASSERT_FALSE(executor->post(7, [] {}));
  executor->at(kStart + std::chrono::hours(1), 7, [&] { seen.push_back(2); });
  executor->at(kStart - std::chrono::hours(1), 7, [&] { seen.push_back(1); });
  clock.advance(std::chrono::hours(2));
  executor->at(kStart + std::chrono::hours(2), 7, [&] {
    seen.push_back(3);
    last.set_value();
  });
  leave.set_value();
  last.get_future().wait();
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2, 3}));
}

TEST(ThreadExecutor, TakesNothingOnceItIsStopped) {
  const SystemClock clock;
  const auto executor = make_thread_executor(clock, 2, 100);
  executor->stop();
  const auto posted = executor->post(1, [] {});
  ASSERT_FALSE(posted);
  EXPECT_EQ(posted.error().code, ErrorCode::Closed);
}

}  // namespace
}  // namespace meterway
