// Storms of alerts through crashes: what Users are told of stands for every alert once, and each is in the event log.
#include <gtest/gtest.h>

#include <charconv>
#include <map>
#include <set>

#include "lab/small_lab.h"
#include "records/store/event_log.h"

namespace meterway::lab {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint16_t kAccessAttempted = 0x8F3E, kSupplyRestored = 0x8F36;
constexpr unsigned kTold = 3;

struct StormLab : SmallLab {
  StormLab() : SmallLab(1) {
    node.settings().throttle.alerts = kTold;
    node.settings().throttle.window = minutes(10);
  }
  /// Goes on, and starts the platform again whenever its power has gone.
  void live(std::chrono::microseconds by) {
    simulation.run_until(simulation.now() + by, [this] {
      if (!node.died()) return;
      ++crashes;
      node.crash();
      const auto started = node.start();
      EXPECT_TRUE(started) << describe(started.error());
    });
  }
  void raise(std::uint16_t alert, int times) {
    for (int i = 0; i < times; ++i) {
      EXPECT_TRUE(estate.raise(SmallWorld::hub(0), SmallWorld::meter(0), alert));
      live(seconds(2));
    }
  }
  struct Told {
    std::size_t documents = 0, alerts = 0;
    std::set<std::string> storms;
  };
  /// What the User's documents stand for, repeated pushes aside.
  Told told(Eui64 user) const {
    std::set<std::string> contents;
    for (const auto& seen : received(user)) {
      if (seen.code == "alert") contents.insert(seen.content);
    }
    Told out;
    for (const auto& content : contents) {
      ++out.documents;
      const auto count = content.rfind(':');
      const auto storm = content.rfind(':', count - 1);
      std::size_t stands_for = 1;
      if (content.find(':') != count) {  // time:digest:storm:count
        std::from_chars(content.data() + count + 1, content.data() + content.size(), stands_for);
        out.storms.insert(content.substr(storm + 1, count - storm - 1));
      }
      out.alerts += stands_for;
    }
    return out;
  }
  /// Alerts of the meter that the event log has, by what it says of them.
  std::map<std::string, std::size_t> logged(std::uint64_t last) {
    std::map<std::string, std::size_t> out;
    for (std::uint64_t counter = 1; counter <= last; ++counter) {
      const auto key = "alert:" + SmallWorld::meter(0).plain() + ":" + std::to_string(counter);
      EXPECT_TRUE(node.store().read([&](const store::ReadView& view) -> Status {
        METERWAY_TRY(const auto events, store::events_of(view, key));
        for (const auto& event : events) ++out[event.outcome];
        return {};
      }));
    }
    return out;
  }
  std::size_t crashes = 0;
};

TEST(AlertStormLab, OneAlertADocumentAndTheRestInOneAtTheEnd) {
  StormLab lab;
  ASSERT_TRUE(lab.node.start());
  lab.live(seconds(2));
  lab.raise(kAccessAttempted, 12);
  EXPECT_EQ(lab.told(kSupplier).documents, kTold);
  lab.live(minutes(25));
  const auto told = lab.told(kSupplier);
  EXPECT_EQ(told.alerts, 12U);
  EXPECT_EQ(told.documents, kTold + 1);
  EXPECT_EQ(told.storms, std::set<std::string>{"1"});
  auto logged = lab.logged(12);
  EXPECT_EQ(logged["alert"], 12U) << "each is kept with its bytes";
  EXPECT_EQ(logged["throttled"], 9U) << "and with the reason why nobody was told of it alone";
  EXPECT_EQ(logged["summed up"], 1U);
  EXPECT_EQ(logged["storm over"], 1U) << "nothing was held in its last window";
}

/// The power goes at every change of the disk about the storm, one after the other.
TEST(AlertStormLab, ACrashAtAnyPlaceLosesNoAlertAndCountsNoneTwice) {
  std::size_t crashes = 0;
  for (std::uint64_t n = 1; n <= 60; ++n) {
    StormLab lab;
    lab.node.set_checkpoint(n % 2 == 0 ? 1 : 256u << 10);  // into the database every time, or only to the log
    ASSERT_TRUE(lab.node.start());
    lab.live(seconds(2));
    lab.node.crash_within(n);
    lab.raise(kAccessAttempted, 8);
    lab.live(minutes(25));
    const auto told = lab.told(kSupplier);
    ASSERT_EQ(told.alerts, 8U) << n;
    ASSERT_EQ(told.storms, std::set<std::string>{"1"}) << n;
    ASSERT_EQ(lab.logged(8)["alert"], 8U) << n;
    crashes += lab.crashes;
  }
  EXPECT_GE(crashes, 30U) << "or the storm was not met";
}

/// The same about the end of the storm.
TEST(AlertStormLab, ACrashWhileItIsSummedUpTellsItOnce) {
  std::size_t crashes = 0;
  for (std::uint64_t n = 1; n <= 12; ++n) {
    StormLab lab;
    ASSERT_TRUE(lab.node.start());
    lab.live(seconds(2));
    lab.raise(kAccessAttempted, 6);
    lab.live(minutes(9));
    lab.node.crash_within(n);
    lab.live(minutes(15));
    const auto told = lab.told(kSupplier);
    ASSERT_EQ(told.alerts, 6U) << n;
    ASSERT_EQ(told.documents, kTold + 1) << n;
    crashes += lab.crashes;
  }
  EXPECT_GE(crashes, 2U) << "or the moment was not met";
}

TEST(AlertStormLab, AlertsOfSupplyAreToldOneByOneHoweverManyThereAre) {
  StormLab lab;
  ASSERT_TRUE(lab.node.start());
  lab.live(seconds(2));
  lab.raise(kSupplyRestored, 20);
  lab.live(minutes(1));
  const auto told = lab.told(kNetwork);
  EXPECT_EQ(told.documents, 20U);
  EXPECT_TRUE(told.storms.empty());
}

}  // namespace
}  // namespace meterway::lab
