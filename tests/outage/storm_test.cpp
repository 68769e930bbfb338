#include <algorithm>
#include <map>
#include <set>

#include "field/device/test_world.h"
#include "field/hub/region.h"
#include "flow/deliver/deliver.h"
#include "flow/outage/report.h"
#include "flow/outage/watch.h"
#include "tests/support/flow_bench.h"

/// A region and the platform's watch over it in virtual time, with nothing between them but frames: hundreds of hubs
/// lose their supply at one moment, over a radio that loses and reorders from a seed.
namespace meterway {
namespace {

using namespace std::chrono_literals;
using flow::outage::Figure;
constexpr Eui64 kNetwork{0x90B3D51F30020000};
constexpr std::uint64_t kFirst = 0x00DB130000000000;

Eui64 hub_of(std::size_t home) { return Eui64(kFirst + home * 16); }
Eui64 meter_of(std::size_t home) { return Eui64(kFirst + home * 16 + 1); }

class Storm : public tests::FlowBench {
 public:
  static constexpr std::size_t kHomes = 100;

  void open(field::WeatherSettings weather) {
    settings.outage_after = 3min;
    write([&](store::WriteView& view) -> Status {
      for (std::size_t i = 0; i < kHomes; ++i) METERWAY_CHECK(put_home(view, i));
      return {};
    });
    std::vector<field::Home> homes;
    for (std::size_t i = 0; i < kHomes; ++i) homes.push_back(home(i));
    homes_.emplace(std::move(homes));
    region_.emplace(clock, *homes_, field::RegionSettings{5s, 5s, 50, weather});
    watch_ = *flow::outage::Watch::start(context(), [this](flow::Outcome&& outcome) -> Status {
      METERWAY_TRY(const auto queued, flow::deliver::store_outcome(std::move(outcome), context()));
      told_ += queued.size();
      return {};
    });
    region_->opened([this](Bytes frame) { take(wire::read_link_frame(frame).value()); });
  }

  static Status put_home(store::WriteView& view, std::size_t i) {
    using registry::DeviceState;
    METERWAY_CHECK(registry::put_device(
        view, {hub_of(i), DeviceType::CHF, DeviceState::Commissioned, hub_of(i), {{"CSPRegion", "North"}}, {}}));
    return registry::put_device(view, {meter_of(i),
                                       DeviceType::ESME,
                                       DeviceState::Commissioned,
                                       hub_of(i),
                                       {{"ImportMPxN", std::to_string(1000000000000 + i)}},
                                       {{UserRole::ED, kNetwork, {}, {}}}});
  }
  static field::Home home(std::size_t i) {
    // One pair of keys for all: this is about supply, not about cryptography.
    using field::test::keys_of;
    const auto& keys = keys_of(Eui64(kFirst));
    const auto device = [&](Eui64 eui, DeviceType type, field::DeviceState state) {
      state.commissioned = state.registers.read_at = tests::bench_time();
      return field::Device({eui, type, keys.signing, keys.agreement, Eui64()}, field::test::anchors_of(type),
                           field::LoadProfile(field::Fuel::Electricity, i + 1), std::move(state));
    };
    field::DeviceState hub;
    hub.device_log.push_back({meter_of(i), Bytes(16, 1), Bytes(16, 2), tests::bench_time()});
    std::vector<field::Installed> units;
    units.push_back({device(hub_of(i), DeviceType::CHF, std::move(hub)), {}});
    units.push_back({device(meter_of(i), DeviceType::ESME, {}), Bytes(16, 2)});
    return field::Home(std::move(units), {20ms, 0ms, 3min, 2s, 4min});
  }

  /// The platform's end of the link.
  void take(const wire::LinkFrame& frame) {
    if (std::holds_alternative<wire::LinkHello>(frame)) return answer(0);
    if (const auto* event = std::get_if<wire::LinkHubEvent>(&frame)) {
      EXPECT_TRUE(watch_->take({*event, clock.now()}, [this, n = event->transaction] { answer(n); }));
    } else if (const auto* inbound = std::get_if<wire::LinkInbound>(&frame)) {
      const auto message = gbcs::read_message(inbound->message).value();
      alerts_[inbound->device].insert(message.header.counter.value);
      answer(inbound->transaction);
    }
  }
  void answer(std::uint64_t transaction) { answers_.push_back(transaction); }

  void run(std::chrono::milliseconds time) {
    const auto end = clock.now() + time;
    while (clock.now() < end) {
      const auto next = region_->pass();
      executor.run();
      for (const auto transaction : std::exchange(answers_, {}))
        region_->take(wire::write_link_frame(wire::LinkAck{transaction}));
      clock.set(std::min(std::max<UtcTime>(next, clock.now() + 10ms), clock.now() + 1s));
    }
  }
  std::vector<Figure> report() {
    return read<std::vector<Figure>>([&](const auto& view) {
      return flow::outage::figures(view, {std::vector{kNetwork}, {}, {}}, context());
    });
  }
  std::size_t losses() {
    const auto all = report();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](const Figure& f) { return f.kind == Figure::Kind::Loss; }));
  }

  std::optional<field::HomesInMemory> homes_;
  std::optional<field::Region> region_;
  std::unique_ptr<flow::outage::Watch> watch_;
  std::vector<std::uint64_t> answers_;
  std::map<std::uint64_t, std::set<std::uint64_t>> alerts_;
  std::size_t told_ = 0;
};

TEST_F(Storm, IsToldWithinAMinuteOfBeingOwedOverABadRadio) {
  open({0.3, 0.3, 50ms, 2s, 42});
  run(1min);
  const auto lost = clock.now();
  EXPECT_EQ(region_->lose_supply(nullptr, kHomes), kHomes);
  run(3min);
  EXPECT_EQ(told_, 0u) << "nobody is told of a loss before it has lasted three minutes";
  run(1min);
  EXPECT_EQ(told_, kHomes);
  const auto figures = report();
  ASSERT_EQ(figures.size(), kHomes);
  for (const auto& figure : figures) {
    EXPECT_EQ(figure.owed, lost + 3min);
    EXPECT_LE(figure.raised, figure.owed + 60s);
    EXPECT_GE(figure.accepted, figure.region_received);
    EXPECT_EQ(figure.event_size, kHomes);
  }
  EXPECT_GT(region_->counts().resent, 5u) << "the radio did lose reports";
  run(10min);
  EXPECT_EQ(region_->restore_supply(nullptr, kHomes), kHomes);
  run(5min);
  EXPECT_EQ(told_, kHomes) << "once each";
  EXPECT_EQ(alerts_.size(), kHomes);
  for (const auto& [meter, counters] : alerts_) EXPECT_EQ(counters.size(), 2u) << "8F35 and 8F36 of each meter";
  EXPECT_EQ(region_->unacknowledged(), 0u);
  EXPECT_LE(region_->homes_awake(), 55u) << "homes sleep again";
}

TEST_F(Storm, ThatIsOverInTimeOwesNothing) {
  open({0.2, 0.2, 50ms, 500ms, 7});
  region_->lose_supply(nullptr, kHomes);
  run(2min);
  region_->restore_supply(nullptr, kHomes);
  run(5min);
  EXPECT_EQ(told_, 0u);
  EXPECT_EQ(losses(), 0u);
  EXPECT_EQ(alerts_.size(), kHomes) << "the meters do tell of it";
}

TEST_F(Storm, EndsTheSameForTheSameSeed) {
  open({0.3, 0.3, 50ms, 2s, 5});
  region_->lose_supply(nullptr, kHomes);
  run(5min);
  const auto first = report();
  const auto counts = region_->counts().lost;
  // Once more from the start, in a store and with homes of their own.
  struct Again : Storm {
    void TestBody() override {}
  } again;
  again.open({0.3, 0.3, 50ms, 2s, 5});
  again.region_->lose_supply(nullptr, kHomes);
  again.run(5min);
  const auto second = again.report();
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].accepted, second[i].accepted);
  EXPECT_EQ(again.region_->counts().lost, counts);
}

}  // namespace
}  // namespace meterway
