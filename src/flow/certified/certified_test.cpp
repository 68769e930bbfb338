#include "flow/certified/certified.h"

#include "records/registry/products.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::certified {
namespace {

using registry::DeviceState;
using tests::kMeter;
using tests::kSupplier;

const registry::Product kProduct{"Meterway", "M1", "00010001"};

class Certified : public tests::FlowBench {
 protected:
  void put(std::uint64_t count) {
    for (std::uint64_t n = 0; n < count; ++n) {
      registry::Device device;
      device.eui = Eui64(kMeter.value() + n);
      device.type = DeviceType::ESME;
      device.state = DeviceState::Commissioned;
      device.hub = tests::kHub;
      device.details = {
          {"DeviceManufacturer", "Meterway"}, {"DeviceModel", "M1"}, {"DeviceFirmwareVersion", "00010001"}};
      device.responsible = {{UserRole::IS, kSupplier, {}, {}}};
      write([&](auto& view) { return registry::put_device(view, device); });
    }
  }
  void list(UtcTime at, bool listed) {
    write([&](auto& view) { return registry::put_listing(view, kProduct, {at, listed}); });
  }
  DeviceState state(Eui64 eui = kMeter) {
    return read<std::optional<registry::Device>>([&](const auto& view) { return registry::find_device(view, eui); })
        ->state;
  }
  Sweep::Done step() {
    Sweep sweep(context(), [&](const deliver::Place& place) { places.push_back(place); });
    const auto done = sweep.step();
    EXPECT_TRUE(done);
    return done ? *done : Sweep::Done{};
  }
  std::vector<deliver::Place> places;
};

TEST_F(Certified, SuspendsWhenTheMomentHasComeAndNotBefore) {
  put(1);
  list(clock.now() - std::chrono::hours(1), true);
  list(clock.now() + std::chrono::hours(1), false);
  EXPECT_EQ(step().suspended, 0u);
  clock.set(clock.now() + std::chrono::hours(1));
  EXPECT_EQ(step().suspended, 1u);
  EXPECT_EQ(state(), DeviceState::Suspended);
  EXPECT_EQ(trace("device:" + kMeter.plain()), (std::vector<std::string>{"certified suspended"}));
  EXPECT_TRUE(places.empty()) << "the alert has no code";
  EXPECT_EQ(step().suspended, 0u);
}

TEST_F(Certified, TellsWhoIsResponsibleWhereTheAlertHasACode) {
  put(1);
  settings.dcc_alert_codes[DccEvent::DeviceSuspended] = "N1";
  settings.dcc_alert_codes[DccEvent::DeviceRestored] = "N2";
  list(clock.now(), false);
  EXPECT_EQ(step().suspended, 1u);
  EXPECT_EQ(places.size(), 1u);
  clock.set(clock.now() + std::chrono::hours(1));
  list(clock.now(), true);
  EXPECT_EQ(step().restored, 1u);
  EXPECT_EQ(places.size(), 2u);
  EXPECT_EQ(state(), DeviceState::Commissioned);
}

TEST_F(Certified, GoesThroughAllInStepsAndOnAfterARestart) {
  put(Sweep::kStep + 10);
  list(clock.now(), false);
  const auto first = step();
  EXPECT_EQ(first.suspended, Sweep::kStep);
  EXPECT_TRUE(first.more);
  open();
  const auto second = step();
  EXPECT_EQ(second.suspended, 10u);
  EXPECT_FALSE(second.more);
  EXPECT_EQ(step().suspended, 0u);
}

TEST_F(Certified, SleepsUntilTheListsNextMomentAndIsWokenByAnEarlierOne) {
  put(Sweep::kStep + 10);
  const auto here = context();
  Sweep sweep(here, [](const deliver::Place&) {});
  sweep.start();
  executor.run();
  EXPECT_FALSE(executor.next()) << "the list is empty";
  const auto later = clock.now() + std::chrono::hours(5), sooner = clock.now() + std::chrono::hours(1);
  list(later, true);
  sweep.look();
  executor.run();
  EXPECT_EQ(executor.next(), later);
  list(sooner, false);
  sweep.look();
  executor.run();
  EXPECT_EQ(executor.next(), sooner);
  clock.set(sooner);
  executor.run();
  EXPECT_EQ(executor.next(), sooner + std::chrono::milliseconds(1)) << "more than one step";
  clock.set(sooner + std::chrono::milliseconds(1));
  executor.run();
  EXPECT_EQ(state(Eui64(kMeter.value() + Sweep::kStep + 9)), DeviceState::Suspended);
  EXPECT_EQ(executor.next(), later);
  clock.set(later);
  executor.run();
  clock.set(later + std::chrono::milliseconds(1));
  executor.run();
  EXPECT_EQ(state(), DeviceState::Commissioned);
  EXPECT_FALSE(executor.next());
}

TEST_F(Certified, OneThatCannotBeReadOrWrittenKeepsNoOther) {
  put(Sweep::kStep + 10);
  const Eui64 unreadable(kMeter.value() + 3), unwritable(kMeter.value() + 5), later(kMeter.value() + Sweep::kStep + 5);
  const auto spoil = [&](Eui64 eui, std::string_view table) {
    std::string key;
    for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(eui.value() >> shift);
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(const auto there, view.get(table, key));
      EXPECT_TRUE(table != "device" || there) << "or the test spoils nothing";
      return view.put(table, key, "?");
    });
  };
  spoil(unreadable, "device");
  spoil(unwritable, "device-life");
  list(clock.now(), false);
  const auto first = step();
  EXPECT_EQ(first.suspended, Sweep::kStep - 2);
  EXPECT_EQ(first.failed, 2u);
  EXPECT_TRUE(first.more);
  for (const auto eui : {unreadable, unwritable})
    EXPECT_EQ(trace("device:" + eui.plain()), std::vector<std::string>{"certified failed"});
  EXPECT_EQ(state(unwritable), DeviceState::Commissioned);
  spoil(later, "device");
  const auto second = step();
  EXPECT_EQ(second.suspended, 9u);
  EXPECT_EQ(second.failed, 1u);
  EXPECT_FALSE(second.more) << "the pass has ended";
}

TEST_F(Certified, AClockSetBackNeitherRestoresNorRepeats) {
  put(2);
  const auto removed = clock.now() + std::chrono::hours(48);
  list(clock.now() - std::chrono::hours(1), true);
  list(removed, false);
  clock.set(removed);
  EXPECT_EQ(step().suspended, 2u);
  clock.set(removed - std::chrono::hours(24));  // nothing is due by then: what was written down stays
  EXPECT_EQ(step().restored, 0u);
  EXPECT_EQ(state(), DeviceState::Suspended);
  clock.set(removed + std::chrono::hours(1));
  EXPECT_EQ(step().suspended, 0u);
  EXPECT_EQ(trace("device:" + kMeter.plain()), (std::vector<std::string>{"certified suspended"})) << "told once";
  list(removed + std::chrono::hours(2), true);
  EXPECT_EQ(step().restored, 0u);
  clock.set(removed + std::chrono::hours(2));
  EXPECT_EQ(step().restored, 2u);
}

TEST_F(Certified, AClockSetBackInTheMiddleOfAPassLeavesTheRestForTheirMoment) {
  put(Sweep::kStep + 10);
  const auto removed = clock.now() + std::chrono::hours(1);
  list(clock.now() - std::chrono::hours(1), true);
  list(removed, false);
  clock.set(removed);
  EXPECT_EQ(step().suspended, Sweep::kStep);
  clock.set(removed - std::chrono::minutes(30));
  EXPECT_EQ(step().suspended, 0u);
  clock.set(removed);
  step();
  EXPECT_EQ(state(Eui64(kMeter.value() + Sweep::kStep + 9)), DeviceState::Suspended);
}

}  // namespace
}  // namespace meterway::flow::certified
