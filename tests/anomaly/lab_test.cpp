#include <gtest/gtest.h>

#include "lab/small_lab.h"
#include "records/anomaly/book.h"
#include "tests/anomaly/officers.h"

// Quarantine on the whole road in virtual time: crashes between every two changes of the disk.
namespace meterway::lab {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

void threshold(SmallLab& lab, std::uint32_t quarantine, Eui64 user = kSupplier, const char* service = "7.4") {
  const auto done = lab.node.store().write([&](store::WriteView& view) {
    const auto now = lab.simulation.now();
    return anomaly::put_level(view, {{user, service}, anomaly::Source::User, {}, quarantine, 24, now, "T-1"}, now);
  });
  ASSERT_TRUE(done);
}

std::vector<anomaly::Item> all_items(SmallLab& lab, Eui64 user = kSupplier) {
  std::vector<anomaly::Item> out;
  EXPECT_TRUE(lab.node.store().read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(out, anomaly::items(view, user, {}, 0, 100));
    return {};
  }));
  return out;
}

Status decide(SmallLab& lab, std::uint64_t number, anomaly::State state, Eui64 device = SmallWorld::meter(0)) {
  METERWAY_CHECK(lab.node.store().write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(auto item, anomaly::find_item(view, number));
    if (!item || item->state != anomaly::State::Held) return {};
    item->state = state;
    return anomaly::put_item(view, *item);
  }));
  lab.node.pipeline().look(device);
  return {};
}

/// Those who decide, at a desk over the store of the node that runs. Persons are there after their first `enter`.
struct People {
  explicit People(SmallLab& of) : lab(of) {
    EXPECT_TRUE(rules.set("people.verified", "no"));
    EXPECT_TRUE(officers().enter(lab.node.store()));
  }
  static const anomaly::Officers& officers() {
    static const anomaly::Officers made(kSupplier, "supplier", *from_iso8601("2026-05-01T00:00:00Z"));
    return made;
  }
  anomaly::Desk desk() {
    return officers().desk(lab.node.store(), lab.node.machine().clock(), rules,
                           [this](Eui64 device) { lab.node.pipeline().look(device); });
  }
  /// Both ask for it; whoever has asked before, or comes too late, is told so.
  void release(std::uint64_t number) {
    (void)desk().decide(officers().bob(), number, true, "ours");
    (void)desk().decide(officers().carol(), number, true, "ours");
  }

  SmallLab& lab;
  rules::Rules rules;
};

std::size_t arrivals(const SmallLab& lab) { return judge(lab.history).arrivals; }
std::string codes(const SmallLab& lab) {
  std::string out;
  for (const auto& seen : lab.received(kSupplier)) out += seen.code + " ";
  return out;
}

TEST(Quarantine, HoldsWhatIsTooMuchAndWhatFollowsAndLetsItGoInOrder) {
  SmallLab lab(1);
  lab.node.set_alert_code(flow::DccEvent::RequestQuarantined, "N24");
  ASSERT_TRUE(lab.node.start());
  lab.advance(seconds(2));
  threshold(lab, 2);
  for (int i = 0; i < 3; ++i) {
    lab.supplier.ask("7.4", SmallWorld::meter(0));
    lab.advance(seconds(5));
  }
  EXPECT_EQ(arrivals(lab), 2u) << "the third is too much";
  lab.supplier.ask("4.1.1", SmallWorld::meter(0));  // of another service: not too much, but behind it
  lab.advance(seconds(20));
  EXPECT_EQ(arrivals(lab), 2u) << "what came later does not overtake it";
  ASSERT_EQ(all_items(lab).size(), 1u);
  const auto item = all_items(lab)[0];
  EXPECT_TRUE(item.told);
  EXPECT_EQ(item.counted, "3");
  ASSERT_TRUE(decide(lab, item.number, anomaly::State::Released));
  lab.advance(minutes(2));
  const auto verdict = judge(lab.history);
  EXPECT_TRUE(verdict.holds()) << verdict.text();
  EXPECT_EQ(verdict.arrivals, 4u) << verdict.text();
  std::vector<RequestId> answered;
  for (const auto& seen : lab.received(kSupplier)) {
    if (seen.code == "I0" && seen.id.originator == kSupplier && seen.id.target == SmallWorld::meter(0))
      answered.push_back(seen.id);
  }
  EXPECT_TRUE(std::is_sorted(answered.begin(), answered.end())) << "in the order of acceptance";
}

TEST(Quarantine, EndsWhatNobodyDecidesOnAndWhatIsDeleted) {
  SmallLab lab(1);
  ASSERT_TRUE(lab.node.start());
  lab.advance(seconds(2));
  threshold(lab, 0);
  for (int i = 0; i < 2; ++i) {
    lab.supplier.ask("7.4", SmallWorld::meter(0));
    lab.advance(seconds(5));
  }
  ASSERT_EQ(all_items(lab).size(), 2u);
  ASSERT_TRUE(decide(lab, 1, anomaly::State::Deleted));
  lab.advance(seconds(10));
  EXPECT_EQ(codes(lab), "E100 ");
  lab.advance(hours(24 * 7 + 1));
  EXPECT_EQ(codes(lab), "E100 E100 ");
  EXPECT_EQ(all_items(lab)[1].state, anomaly::State::Expired);
  EXPECT_EQ(arrivals(lab), 0u);
  EXPECT_EQ(lab.supplier.open(), 0u);
}

/// One held (after one that went), and then so many more of the same User to the same meter, of which none is too much.
std::uint64_t hold_one(SmallLab& lab, std::initializer_list<const char*> behind) {
  EXPECT_TRUE(lab.node.start());
  lab.advance(seconds(2));
  threshold(lab, 1);
  for (int i = 0; i < 2; ++i) {
    lab.supplier.ask("7.4", SmallWorld::meter(0));
    lab.advance(seconds(5));
  }
  for (const auto* service : behind) {
    lab.supplier.ask(service, SmallWorld::meter(0));
    lab.advance(seconds(5));
  }
  EXPECT_EQ(arrivals(lab), 1u);
  const auto items = all_items(lab);
  return items.empty() ? 0 : items[0].number;
}

TEST(Quarantine, WhatWaitedBehindOneThatIsDeletedGoesAtOnce) {
  SmallLab lab(1);
  const auto held = hold_one(lab, {"4.1.1", "4.1.1"});
  ASSERT_TRUE(decide(lab, held, anomaly::State::Deleted));
  lab.advance(seconds(20));
  EXPECT_EQ(codes(lab), "I0 E100 I0 I0 ") << "nothing else wakes the device";
  EXPECT_EQ(arrivals(lab), 3u);
}

TEST(Quarantine, OneThatIsReleasedAlreadyGoesWhenTheOneBeforeItIsDeleted) {
  SmallLab lab(1);
  const auto first = hold_one(lab, {"7.4", "4.1.1"});
  ASSERT_TRUE(decide(lab, first + 1, anomaly::State::Released));
  lab.advance(seconds(20));
  EXPECT_EQ(arrivals(lab), 1u) << "it is behind the first";
  ASSERT_TRUE(decide(lab, first, anomaly::State::Deleted));
  lab.advance(seconds(20));
  EXPECT_EQ(arrivals(lab), 3u);
}

TEST(Quarantine, WhatWaitedBehindOneThatExpiresGoesAtOnce) {
  SmallLab lab(1);
  hold_one(lab, {"4.1.1"});
  lab.advance(hours(24 * 7) - minutes(1));
  EXPECT_EQ(arrivals(lab), 1u);
  lab.advance(minutes(2));
  EXPECT_EQ(codes(lab), "I0 E100 I0 ");
}

std::size_t executed(const SmallLab& lab) {
  return static_cast<std::size_t>(std::count_if(lab.history.begin(), lab.history.end(),
                                                [](const Seen& seen) { return seen.kind == Seen::Kind::Executed; }));
}

TEST(Quarantine, WhatTheBrokerAsksForKeepsNobodyWaitingAndIsStillObeyedWhenItIsLetGo) {
  SmallLab lab(1);
  ASSERT_TRUE(lab.node.start());
  lab.advance(seconds(2));
  const auto hub = SmallWorld::hub(0);  // which knows no User: all that it is asked the broker asks
  threshold(lab, 0, kSupplier, "6.31");
  lab.supplier.ask("6.31", hub);
  lab.advance(seconds(5));
  ASSERT_EQ(all_items(lab).size(), 1u);
  EXPECT_EQ(arrivals(lab), 0u);
  lab.supplier.ask("6.30", hub);
  lab.advance(seconds(10));
  EXPECT_EQ(executed(lab), 1u) << "it does not wait\n" << write_history(lab.history);
  ASSERT_TRUE(decide(lab, all_items(lab)[0].number, anomaly::State::Released, hub));
  lab.advance(seconds(20));
  EXPECT_EQ(executed(lab), 2u) << "with a counter that the hub has not passed yet\n" << write_history(lab.history);
  EXPECT_EQ(codes(lab), "I0 I0 ");
}

TEST(Quarantine, TheTimeOfWhatWaitsBehindBeginsWhenItIsItsTurn) {
  SmallLab lab(1);
  const auto held = hold_one(lab, {"4.1.1"});
  lab.advance(hours(2));
  lab.estate.crash();
  lab.advance(seconds(5));
  ASSERT_TRUE(decide(lab, held, anomaly::State::Deleted));
  lab.advance(seconds(5));
  EXPECT_EQ(codes(lab), "I0 E100 ") << "there is still time to reach the hub";
  lab.estate.start();
  lab.advance(seconds(20));
  EXPECT_EQ(codes(lab), "I0 E100 I0 ");
}

/// The platform goes on, at times by a clock that is days slow, and is started anew in between.
void restart_with_clock(SmallLab& lab, std::chrono::microseconds error) {
  lab.node.machine().step_clock(error - lab.node.machine().clock_error());
  lab.advance(seconds(20));
  lab.node.crash();
  ASSERT_TRUE(lab.node.start());
  lab.advance(seconds(20));
}

TEST(Quarantine, AClockSetBackPutsExpiryOffAndRevivesNothing) {
  SmallLab lab(1);
  const auto held = hold_one(lab, {"4.1.1"});
  lab.advance(hours(24 * 3));
  restart_with_clock(lab, -hours(24 * 5));
  lab.advance(hours(24 * 5));  // by its clock three days since
  EXPECT_EQ(all_items(lab)[0].state, anomaly::State::Held) << "its time has not come";
  EXPECT_EQ(codes(lab), "I0 ");
  restart_with_clock(lab, {});
  EXPECT_EQ(all_items(lab)[0].state, anomaly::State::Expired);
  EXPECT_EQ(codes(lab), "I0 E100 I0 ") << "and what was behind it has gone";
  restart_with_clock(lab, -hours(24 * 6));
  People people(lab);
  people.release(held);
  lab.advance(minutes(1));
  EXPECT_EQ(all_items(lab)[0].state, anomaly::State::Expired) << "what has ended is not taken up again";
  EXPECT_EQ(codes(lab), "I0 E100 I0 ");
  EXPECT_EQ(arrivals(lab), 2u);
  EXPECT_TRUE(judge(lab.history).holds()) << judge(lab.history).text();
}

TEST(Quarantine, ReleasesExactlyOnceWhereverThePlatformDies) {
  // Of three held ones the first is released by two people; of a signed file of two rows the second is deleted and the
  // third released. Power fails in the middle of the n-th change of the disk.
  for (std::uint64_t n = 1; n < 120; n += n < 50 ? 1 : 6) {
    SmallLab lab(1);
    ASSERT_TRUE(lab.node.start());
    lab.advance(seconds(2));
    threshold(lab, 1);
    for (int i = 0; i < 4; ++i) {
      lab.supplier.ask("7.4", SmallWorld::meter(0));
      lab.advance(seconds(3));
    }
    ASSERT_EQ(all_items(lab).size(), 3u) << n;
    ASSERT_EQ(arrivals(lab), 1u) << n;
    People people(lab);
    const auto items = all_items(lab);
    const auto file = anomaly::actions_file("A-1", {{items[1], "DELETE"}, {items[2], "PROCESS"}});
    const auto signature = People::officers().sign(file);
    lab.node.crash_within(n);
    // A decision that could not be written is made again, as a person would.
    for (int attempt = 0; attempt < 3; ++attempt) {
      people.release(items[0].number);
      (void)people.desk().take_actions(People::officers().anna(), anomaly::Channel::Api, file, signature);
      for (int i = 0; i < 40 && !lab.node.died(); ++i) lab.advance(milliseconds(500));
      if (!lab.node.died()) continue;
      lab.node.crash();
      ASSERT_TRUE(lab.node.start()) << n;
    }
    lab.node.crash_within(std::uint64_t{1} << 40);  // no more of it
    lab.advance(minutes(3));
    const auto again = people.desk().take_actions(People::officers().anna(), anomaly::Channel::Api, file, signature);
    ASSERT_FALSE(again) << n;
    ASSERT_EQ(again.error().why, anomaly::Reason::Replayed) << n;
    lab.advance(minutes(1));
    const auto verdict = judge(lab.history);
    ASSERT_TRUE(verdict.holds()) << n << "\n" << verdict.text();
    ASSERT_EQ(verdict.arrivals, 3u) << n << ": the first and the two that were released\n" << verdict.text();
    std::size_t ended = 0;
    for (const auto& seen : lab.received(kSupplier)) ended += seen.code == "E100" ? 1 : 0;
    ASSERT_GE(ended, 1u) << n;
    ASSERT_EQ(lab.supplier.open(), 0u) << n;
  }
}

}  // namespace
}  // namespace meterway::lab
