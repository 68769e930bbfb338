// Schedules through crashes, wrong clocks and long nights: each moment is made once, and none is lost.
#include <gtest/gtest.h>

#include <algorithm>

#include "lab/small_lab.h"

namespace meterway::lab {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct ScheduleLab : SmallLab {
  explicit ScheduleLab(std::size_t homes = 1) : SmallLab(homes) { node.settings().schedule_spread = milliseconds(0); }
  UtcTime now() const { return simulation.now(); }
  /// Goes on, and starts the platform again whenever its power has gone.
  void live(std::chrono::microseconds by) {
    simulation.run_until(now() + by, [this] {
      if (!node.died()) return;
      ++(heard() ? crashes : early_crashes);
      node.crash();
      const auto started = node.start();
      EXPECT_TRUE(started) << describe(started.error());
    });
  }
  UtcTime schedule(std::chrono::microseconds from_now, std::size_t home = 0) {
    Wish wish;
    wish.date = now() + from_now;
    supplier.ask("5.1", SmallWorld::meter(home), wish);
    return *wish.date;
  }
  Verdict verdict() const { return judge(history, now()); }
  /// The User has the number of a schedule.
  bool heard() const {
    return std::any_of(history.begin(), history.end(),
                       [](const Seen& seen) { return seen.kind == Seen::Kind::Told && seen.code == "I0"; });
  }
  std::size_t early_crashes = 0;  ///< before the User had heard
  std::size_t crashes = 0;        ///< since
};

std::vector<UtcTime> executions(const ScheduleLab& lab) {
  std::vector<UtcTime> out;
  for (const auto& seen : lab.history) {
    if (seen.kind == Seen::Kind::Executed) out.push_back(seen.at);
  }
  return out;
}

TEST(ScheduleLab, ADailyScheduleIsReadOnceADayThroughNightsRestartsAndWrongClocks) {
  ScheduleLab lab;
  ASSERT_TRUE(lab.node.start());
  lab.live(seconds(2));
  const auto first = lab.schedule(minutes(10));
  lab.live(minutes(11));
  ASSERT_EQ(executions(lab).size(), 1U) << lab.verdict().text();
  lab.live(hours(24));
  ASSERT_EQ(executions(lab).size(), 2U);
  lab.node.machine().step_clock(-hours(5));  // set back behind what has been made
  lab.live(hours(4));
  lab.node.machine().step_clock(-lab.node.machine().clock_error());
  lab.live(hours(20));
  ASSERT_EQ(executions(lab).size(), 3U);
  lab.node.crash();  // down over a moment, and up soon after it
  lab.simulation.run_until(first + hours(24 * 3) + minutes(30), [] {});
  ASSERT_TRUE(lab.node.start());
  lab.live(minutes(10));
  const auto made = executions(lab);
  ASSERT_EQ(made.size(), 4U);
  for (std::size_t day = 0; day < 3; ++day) EXPECT_LT(made[day] - first - hours(24 * day), seconds(3)) << day;
  const auto verdict = lab.verdict();
  EXPECT_TRUE(verdict.holds()) << verdict.text();
  EXPECT_EQ(verdict.runs, 4U);
}

TEST(ScheduleLab, MomentsThatPassedDuringALongOutageAreEachToldWithE30) {
  ScheduleLab lab;
  lab.node.settings().schedule_allowance = hours(2);
  ASSERT_TRUE(lab.node.start());
  lab.live(seconds(2));
  lab.schedule(minutes(10));
  lab.live(seconds(10));
  lab.node.crash();
  lab.live(hours(24 * 3) + minutes(30));
  ASSERT_TRUE(lab.node.start());
  lab.live(minutes(5));
  std::map<std::string, int> codes;
  for (const auto& seen : lab.history) {
    if (seen.kind == Seen::Kind::Run) ++codes[seen.code];
  }
  EXPECT_EQ(codes, (std::map<std::string, int>{{"E30", 3}, {"I0", 1}})) << "three days too late, the last in time";
  EXPECT_TRUE(lab.verdict().holds()) << lab.verdict().text();
}

/// The power goes at every change of the disk about the moment, one after the other.
TEST(ScheduleLab, ACrashAtAnyPlaceMakesNoMomentTwiceAndLosesNone) {
  std::size_t crashes = 0;
  for (std::uint64_t n = 1; n <= 60; ++n) {
    ScheduleLab lab;
    lab.node.set_checkpoint(n % 2 == 0 ? 1 : 256u << 10);  // into the database every time, or only to the log
    ASSERT_TRUE(lab.node.start());
    lab.live(seconds(2));
    lab.schedule(minutes(6));
    lab.live(minutes(6) - seconds(1));
    lab.node.crash_within(n);
    lab.live(minutes(2));
    const auto verdict = lab.verdict();
    ASSERT_TRUE(verdict.holds()) << n << ": " << verdict.text();
    ASSERT_EQ(verdict.runs, 1U) << n;
    ASSERT_EQ(verdict.executions, 1U) << n;
    crashes += lab.crashes;
  }
  EXPECT_GE(crashes, 10U) << "or the moment was not met";
}

/// The same about the request that asks for it: the User that heard its number has it, and nobody has it twice.
TEST(ScheduleLab, ACrashWhileItIsMadeLeavesNumberAndScheduleTogether) {
  std::size_t before = 0, after = 0;
  for (std::uint64_t n = 1; n <= 12; ++n) {
    ScheduleLab lab;
    ASSERT_TRUE(lab.node.start());
    lab.live(seconds(2));
    lab.node.crash_within(n);
    lab.schedule(minutes(6));
    lab.live(minutes(8));
    const auto verdict = lab.verdict();
    ASSERT_TRUE(verdict.holds()) << n << ": " << verdict.text();
    ASSERT_EQ(verdict.runs, 1U) << n;
    before += lab.early_crashes;
    after += lab.crashes;
  }
  EXPECT_GT(before, 0U);
  EXPECT_GT(after, 0U);
}

TEST(ScheduleLab, TheJudgeSeesADailyScheduleThatStops) {
  ScheduleLab lab;
  ASSERT_TRUE(lab.node.start());
  lab.live(seconds(2));
  const auto first = lab.schedule(minutes(6));
  lab.live(hours(24 * 3));
  ASSERT_TRUE(lab.verdict().holds()) << lab.verdict().text();
  ASSERT_EQ(lab.verdict().runs, 3U);
  auto stopped = lab.history;
  std::erase_if(stopped, [&](const Seen& seen) { return seen.at > first + hours(1); });
  EXPECT_FALSE(judge(stopped, lab.now()).holds());
}

TEST(ScheduleLab, TheJudgeSeesAMomentMadeTwiceOrLost) {
  ScheduleLab lab;
  ASSERT_TRUE(lab.node.start());
  lab.live(seconds(2));
  lab.schedule(minutes(6));
  lab.live(minutes(8));
  ASSERT_TRUE(lab.verdict().holds()) << lab.verdict().text();
  auto twice = lab.history, lost = lab.history;
  for (const auto& seen : lab.history) {
    if (seen.kind != Seen::Kind::Run) continue;
    twice.push_back(seen);
    ++twice.back().id.counter.value;
  }
  std::erase_if(lost, [](const Seen& seen) {
    return seen.kind == Seen::Kind::Run || seen.kind == Seen::Kind::Arrived || seen.kind == Seen::Kind::Executed;
  });
  EXPECT_FALSE(judge(twice, lab.now()).holds());
  EXPECT_FALSE(judge(lost, lab.now()).holds());
}

}  // namespace
}  // namespace meterway::lab
