#include <algorithm>
#include <set>

#include "flow/deliver/deliver.h"
#include "flow/outage/report.h"
#include "flow/outage/watch.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::outage {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using tests::kHub;
using tests::kMeter;
using tests::kSupplier;
using LinkKind = wire::LinkHubEvent::Kind;
constexpr Eui64 kNetwork{0x90B3D51F30020000};

std::uint64_t micros(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }

class Outages : public tests::FlowBench {
 protected:
  Outages() {
    settings.outage_after = minutes(3);
    add_home(kHub, kMeter, "North");
    start();
  }
  void start() {
    watch_ = *Watch::start(context(), [this](Outcome&& outcome) -> Status {
      METERWAY_TRY(const auto queued, deliver::store_outcome(std::move(outcome), context()));
      places += static_cast<int>(queued.size());
      return {};
    });
  }
  void add_home(Eui64 hub, Eui64 meter, const std::string& region) {
    write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(registry::put_device(
          view, {hub, DeviceType::CHF, registry::DeviceState::Commissioned, hub, {{"CSPRegion", region}}, {}}));
      return registry::put_device(view, {meter,
                                         DeviceType::ESME,
                                         registry::DeviceState::Commissioned,
                                         hub,
                                         {{"ImportMPxN", "1000000000001"}},
                                         {{UserRole::IS, kSupplier, {}, {}}, {UserRole::ED, kNetwork, {}, {}}}});
    });
  }
  wire::LinkHubEvent lost(UtcTime at, Eui64 hub = kHub) const {
    const auto reported = at + minutes(3);
    return {7, hub.value(),      LinkKind::SupplyLost,          micros(at),
            0, micros(reported), micros(reported + seconds(1)), micros(reported + seconds(2))};
  }
  wire::LinkHubEvent restored(UtcTime lost_at, UtcTime at, Eui64 hub = kHub) const {
    return {8, hub.value(), LinkKind::SupplyRestored, micros(lost_at), micros(at), micros(at), micros(at), micros(at)};
  }
  void say(const wire::LinkHubEvent& event) {
    EXPECT_TRUE(watch_->take({event, clock.now()}, [this] { ++stored; }));
    executor.run();
  }
  void wait(std::chrono::microseconds time) {
    clock.advance(time);
    executor.run();
  }
  std::vector<Outage> all() {
    return read<std::vector<Outage>>([](const auto& view) { return outages_from(view, "", 1000); });
  }
  std::vector<Figure> report(Selection selection = {}) {
    return read<std::vector<Figure>>([&](const auto& view) { return figures(view, selection, context()); });
  }

  std::unique_ptr<Watch> watch_;
  int stored = 0;
  int places = 0;
};

TEST_F(Outages, TellTheNetworkOperatorAndTheSupplierOnce) {
  const auto at = clock.now();
  wait(minutes(3) + seconds(3));
  say(lost(at));
  EXPECT_EQ(stored, 1);
  EXPECT_EQ(places, 2);
  ASSERT_EQ(all().size(), 1u);
  const auto outage = all().front();
  EXPECT_EQ(outage.progress, Progress::Raised);
  std::set<Eui64> users;
  for (const auto& told : outage.told) users.insert(told.user);
  EXPECT_EQ(users, (std::set<Eui64>{kSupplier, kNetwork}));
  say(lost(at));
  EXPECT_EQ(stored, 2) << "a repeat is acknowledged";
  EXPECT_EQ(places, 2) << "and tells nobody";
  EXPECT_EQ(all().front().repeats, 1u) << "but is counted";
  start();
  executor.run();
  EXPECT_EQ(places, 2) << "nor does a restart";
}

TEST_F(Outages, KeepTheStampOfEveryHop) {
  const auto at = clock.now();
  wait(minutes(3) + seconds(3));
  say(lost(at));
  const auto figure = report({std::vector<Eui64>{kNetwork}, {}, {}}).at(0);
  EXPECT_EQ(figure.kind, Figure::Kind::Loss);
  EXPECT_EQ(figure.region, "North");
  EXPECT_EQ(figure.mpxn, "1000000000001");
  EXPECT_EQ(figure.owed, at + minutes(3));
  EXPECT_EQ(figure.hub_sent, at + minutes(3));
  EXPECT_EQ(figure.region_received, at + minutes(3) + seconds(1));
  EXPECT_EQ(figure.region_sent, at + minutes(3) + seconds(2));
  EXPECT_EQ(figure.accepted, clock.now());
  EXPECT_EQ(figure.raised, clock.now());
  EXPECT_EQ(figure.delivered, UtcTime()) << "nobody has pushed it yet";
  const auto key = all().front().told.front().trace_key;
  const auto hops = trace(key);
  EXPECT_EQ(std::count(hops.begin(), hops.end(), "region sent"), 1) << key;
}

TEST_F(Outages, WaitUntilAnAlertIsOwedWhenAHubReportsEarly) {
  const auto at = clock.now();
  say(lost(at));
  EXPECT_EQ(places, 0);
  wait(minutes(2));
  EXPECT_EQ(places, 0);
  wait(minutes(1));
  EXPECT_EQ(places, 2);
}

TEST_F(Outages, OweNothingWhenTheSupplyWasBackInTime) {
  const auto at = clock.now();
  say(lost(at));
  say(restored(at, at + minutes(2)));
  wait(minutes(10));
  EXPECT_EQ(places, 0);
  EXPECT_EQ(all().front().progress, Progress::NotOwed);
  EXPECT_EQ(trace("outage:" + all().front().key()).back(), "outage not owed");
}

TEST_F(Outages, TakeReportsInAnyOrder) {
  const auto at = clock.now();
  wait(minutes(10));
  say(restored(at, at + minutes(5)));
  EXPECT_EQ(places, 0) << "a return alone owes no alert on the loss";
  say(lost(at));
  EXPECT_EQ(places, 2) << "the loss did last three minutes";
  ASSERT_EQ(all().size(), 1u);
  EXPECT_EQ(all().front().restored, at + minutes(5));
  // The other way round for a loss that did not last.
  const auto again = clock.now();
  say(restored(again, again + minutes(1)));
  say(lost(again));
  wait(minutes(10));
  EXPECT_EQ(places, 2);
}

TEST_F(Outages, AreTakenUpAfterARestart) {
  const auto at = clock.now();
  say(lost(at));
  clock.advance(minutes(5));
  watch_.reset();
  executor.forget();
  start();
  executor.run();
  EXPECT_EQ(places, 2);
}

TEST_F(Outages, OfHubsThatNobodyKnowsAreKeptAndTellNobody) {
  const auto at = clock.now();
  wait(minutes(4));
  say(lost(at, Eui64(99)));
  EXPECT_EQ(places, 0);
  ASSERT_EQ(all().size(), 1u);
  EXPECT_EQ(all().front().progress, Progress::Raised);
  EXPECT_TRUE(all().front().told.empty());
}

TEST_F(Outages, OweTheMetersOwnAlertOnTheReturn) {
  const auto at = clock.now();
  wait(minutes(10));
  say(restored(at, clock.now()));
  const auto key = "alert:" + kMeter.plain() + ":41";
  write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(view.put("alert", key, ""));
    const std::pair<const char*, const char*> hops[] = {
        {"correlate", "alert 8f36 of the meter"}, {"pushed", ""}, {"delivered", ""}};
    int seconds_later = 0;
    for (const auto& [what, detail] : hops) {
      const bool came = std::string_view(what) == "correlate";
      store::Event event;
      event.time = clock.now() + seconds(++seconds_later);
      event.request_id = key;
      event.step = came ? "correlate" : "deliver";
      event.outcome = came ? "alert" : what;
      event.detail = detail;
      METERWAY_TRY(const auto sequence, store::append_event(view, std::move(event)));
      static_cast<void>(sequence);
    }
    return {};
  });
  const auto found = report({std::vector<Eui64>{kNetwork}, {}, {}});
  ASSERT_EQ(found.size(), 1u) << "no loss was reported, so none was owed";
  EXPECT_EQ(found[0].kind, Figure::Kind::Return);
  EXPECT_EQ(found[0].owed, clock.now());
  EXPECT_EQ(found[0].accepted, clock.now() + seconds(1));
  EXPECT_EQ(found[0].delivered, clock.now() + seconds(2));
  EXPECT_EQ(found[0].acknowledged, clock.now() + seconds(3));
}

TEST_F(Outages, ThatComeTogetherAreWrittenTogether) {
  constexpr std::size_t kHubs = 1100;
  for (std::size_t i = 0; i < kHubs; ++i)
    add_home(Eui64(0x100000 + i * 16), Eui64(0x100001 + i * 16), i % 2 == 0 ? "North" : "South");
  const auto at = clock.now();
  clock.advance(minutes(3) + seconds(5));
  for (std::size_t i = 0; i < kHubs; ++i) {
    ASSERT_TRUE(watch_->take({lost(at, Eui64(0x100000 + i * 16)), clock.now()}, [this] { ++stored; }));
  }
  executor.run();
  EXPECT_EQ(stored, static_cast<int>(kHubs));
  EXPECT_EQ(places, static_cast<int>(2 * kHubs));
  const auto found = report();
  ASSERT_EQ(found.size(), 2 * kHubs);
  EXPECT_EQ(found.front().event_size, kHubs);
  const auto csv = report_csv(found);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), static_cast<long>(2 * kHubs + 1));
  const auto json = report_json(found);
  EXPECT_NE(json.find("\"1000+\""), std::string::npos);
  EXPECT_NE(json.find("\"South\""), std::string::npos);
}

TEST_F(Outages, ReadBackAsTheyWereWritten) {
  Outage outage;
  outage.hub = kHub;
  outage.lost = clock.now();
  outage.restored = clock.now() + minutes(5);
  outage.region = "Central";
  outage.loss_report =
      Stamps{clock.now(), clock.now() + seconds(1), clock.now() + seconds(2), clock.now() + seconds(3)};
  outage.progress = Progress::Raised;
  outage.raised = clock.now() + seconds(4);
  outage.told = {{kNetwork, kMeter, "1000000000001", "dcc:power_outage:x"}};
  outage.repeats = 70'000;
  write([&](auto& view) { return put_outage(view, outage); });
  EXPECT_EQ(all(), std::vector<Outage>{outage});
  EXPECT_TRUE(read<std::vector<Outage>>([](const auto& view) { return open_outages(view); }).empty());
}

}  // namespace
}  // namespace meterway::flow::outage
