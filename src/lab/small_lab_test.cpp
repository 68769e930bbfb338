#include "lab/small_lab.h"

#include <gtest/gtest.h>

#include "flow/envelope/settings.h"

// Misfortunes in an order that chance seldom finds.
namespace meterway::lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::size_t arrivals(const SmallLab& lab) { return judge(lab.history).arrivals; }

/// Far more waits for one meter than its region remembers of it, the meter answers none of it, and the platform dies
/// before it has written down what has arrived.
TEST(SmallLab, SendsADeepBacklogOnceWhenThePlatformCrashes) {
  constexpr std::size_t kRequests = 3 * wire::kLinkMostRemembered;
  SmallLab lab(1, kSupplier);
  lab.node.set_commands_in_flight(flow::Settings{}.commands_in_flight);
  ASSERT_TRUE(lab.node.start());
  lab.estate.crash();
  lab.internet.faults.most = lab.internet.faults.least;  // else they overtake each other, and counters are stale
  for (std::size_t i = 0; i < kRequests; ++i) {
    lab.supplier.ask("7.4", SmallWorld::meter(0));
    lab.advance(milliseconds(5));
  }
  ASSERT_EQ(judge(lab.history).accepted, kRequests);
  lab.estate.start();
  for (int i = 0; i < 100 && arrivals(lab) == 0; ++i) lab.advance(milliseconds(20));
  lab.advance(milliseconds(700));
  EXPECT_GT(arrivals(lab), flow::Settings{}.commands_in_flight);
  EXPECT_LE(arrivals(lab), wire::kLinkMostUnsettled) << "more would be forgotten before it could be sent again";
  lab.node.crash();
  ASSERT_TRUE(lab.node.start());
  lab.advance(minutes(3));
  const auto verdict = judge(lab.history);
  EXPECT_TRUE(verdict.holds()) << verdict.text();
  EXPECT_GT(verdict.arrivals, 2 * wire::kLinkMostRemembered) << verdict.text();
}

/// One command is on its way for a minute, as its hub may have it; the next was never sent.
TEST(SmallLab, EndsACommandThatCannotBeSentInItsTimeThoughTheOneBeforeItWaits) {
  SmallLab lab(1);
  ASSERT_TRUE(lab.node.start());
  lab.advance(seconds(2));
  lab.internet.faults.lose_frame = 1;
  lab.supplier.ask("7.4", SmallWorld::meter(0));
  lab.advance(seconds(1));
  lab.supplier.ask("7.4", SmallWorld::meter(0));
  lab.advance(seconds(1));
  lab.estate.crash();
  lab.advance(seconds(15));
  auto outcomes = lab.received(kSupplier);
  ASSERT_EQ(outcomes.size(), 1u) << "ten seconds without a hub end what was not sent";
  EXPECT_EQ(outcomes[0].code, "E20");
  lab.advance(seconds(20));
  outcomes = lab.received(kSupplier);
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(outcomes[1].code, "E21");
  EXPECT_LT(outcomes[1].id, outcomes[0].id) << "the first ends last: it was sent, and waited for its answer";
}

TEST(SmallLab, TellsBothUsersWithinAMinuteOfEachHubThatIsDarkForThreeMinutes) {
  SmallLab lab(4);
  ASSERT_TRUE(lab.node.start());
  lab.advance(seconds(5));
  for (std::size_t home = 0; home < 3; ++home) ASSERT_TRUE(lab.estate.lose_supply(SmallWorld::hub(home)));
  const auto lost = lab.simulation.now();
  lab.advance(seconds(100));
  ASSERT_TRUE(lab.estate.restore_supply(SmallWorld::hub(2))) << "in time";
  lab.advance(minutes(3));
  for (std::size_t home = 0; home < 2; ++home) ASSERT_TRUE(lab.estate.restore_supply(SmallWorld::hub(home)));
  lab.advance(minutes(2));
  const auto verdict = judge(lab.history);
  EXPECT_TRUE(verdict.holds()) << verdict.text();
  EXPECT_EQ(verdict.outages, 2u);
  for (const auto user : {kSupplier, kNetwork}) {
    std::size_t alerts = 0;
    for (const auto& seen : lab.received(user)) {
      if (seen.code != "AD1") continue;
      ++alerts;
      EXPECT_GE(seen.at, lost + minutes(3));
      EXPECT_LT(seen.at, lost + minutes(4));
    }
    EXPECT_EQ(alerts, 2u);
  }
}

TEST(SmallLab, TellsOfAnOutageOnceThoughPlatformAndRegionDieMeanwhile) {
  SmallLab lab(2);
  ASSERT_TRUE(lab.node.start());
  lab.advance(seconds(5));
  ASSERT_TRUE(lab.estate.lose_supply(SmallWorld::hub(0)));
  lab.advance(minutes(3) - seconds(1));
  lab.network.mood = Mood::Dead;
  for (int i = 0; i < 8; ++i) {
    lab.advance(milliseconds(700));
    lab.node.crash();
    lab.estate.crash();
    lab.advance(milliseconds(300));
    lab.estate.start();
    ASSERT_TRUE(lab.node.start());
  }
  lab.network.mood = Mood::Well;
  lab.advance(minutes(2));
  ASSERT_TRUE(lab.estate.restore_supply(SmallWorld::hub(0)));
  lab.advance(minutes(2));
  const auto verdict = judge(lab.history);
  EXPECT_TRUE(verdict.holds()) << verdict.text();
  EXPECT_EQ(verdict.outages, 1u);
}

}  // namespace
}  // namespace meterway::lab
