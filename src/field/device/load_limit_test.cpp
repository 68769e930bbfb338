#include "field/device/load_limit.h"

#include "field/device/logs.h"
#include "field/device/test_world.h"

namespace meterway::field::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Bytes number(std::int64_t value) { return dlms::write_data(dlms::Data::of(dlms::Type::Uint32, value)); }

/// An ESME of which every half-hour is above the limit.
struct Limited {
  DeviceState state;
  LoadProfile profile{Fuel::Electricity, 1};
  std::vector<Told> told;
  explicit Limited(std::int64_t period_seconds, std::int64_t restoration_seconds, bool cuts) {
    state.commissioned = state.registers.read_at = test_time();
    // It was off until now: no half-hour before counts.
    record_idle(state, test_time() - hours(48), test_time());
    state.stored["71/0-0:17.0.0.255/4"] = number(1);
    state.stored["71/0-0:17.0.0.255/6"] = number(period_seconds);
    state.stored["71/0-0:17.0.0.255/7"] = number(restoration_seconds);
    state.stored["9000/0-0:94.44.0.3/2"] = dlms::write_data(dlms::Data::of(dlms::Type::Boolean, cuts ? 0xFF : 0));
  }
  void pass(minutes after) { meter(profile, DeviceType::ESME, state, test_time() + after, false, &told); }
  std::int64_t counter() const { return stored_value(DeviceType::ESME, state, {3, {0, 0, 94, 44, 42, 255}, 2}).number; }
  std::vector<std::uint16_t> codes() const {
    std::vector<std::uint16_t> out;
    for (const auto& one : told) out.push_back(one.alert);
    return out;
  }
};

TEST(LoadLimit, OfALongPeriodNeedsSoManyHalfHoursAndIsPassedOnce) {
  Limited meter(3600, 60, false);
  meter.pass(minutes(59));
  EXPECT_EQ(meter.counter(), 0);
  meter.pass(hours(24));
  EXPECT_EQ(meter.counter(), 1) << "it has never been below since";
  EXPECT_EQ(meter.codes(), std::vector<std::uint16_t>{0x8F01});
  EXPECT_EQ(meter.told.at(0).at, test_time() + hours(1));
  EXPECT_EQ(meter.state.supply, Supply::On) << "it was not told to cut";
}

TEST(LoadLimit, ThatCutsArmsSupplyAndPutsItOnAfterItsRestorationPeriod) {
  Limited meter(1800, 600, true);
  meter.pass(minutes(30));
  EXPECT_EQ(meter.state.supply, Supply::Armed);
  EXPECT_EQ(meter.codes(), (std::vector<std::uint16_t>{0x8F01, 0x8F33}));
  const auto drawn = meter.state.registers.import_milli;
  meter.pass(minutes(39));
  EXPECT_EQ(meter.state.registers.import_milli, drawn);
  EXPECT_EQ(read_state(write_state(meter.state)).value().limit_restores, test_time() + minutes(40));
  meter.pass(minutes(41));
  EXPECT_EQ(meter.state.supply, Supply::On);
  EXPECT_EQ(meter.codes(), (std::vector<std::uint16_t>{0x8F01, 0x8F33, 0x8F34}));
  EXPECT_EQ(meter.told.back().at, test_time() + minutes(40));
  EXPECT_GT(meter.state.registers.import_milli, drawn);
  EXPECT_FALSE(meter.state.limit_restores);
}

TEST(LoadLimit, IsTheSameHoweverOftenTheMeterIsLookedAt) {
  Limited often(1800, 900, true), once(1800, 900, true);
  for (int i = 1; i <= 24 * 12; ++i) often.pass(minutes(5 * i));
  once.pass(hours(24));
  EXPECT_GT(once.counter(), 5) << "it is passed again each time that supply is back";
  EXPECT_EQ(often.counter(), once.counter());
  EXPECT_EQ(often.codes(), once.codes());
  EXPECT_EQ(often.state.registers.import_milli, once.state.registers.import_milli);
}

TEST(LoadLimit, LeavesSupplyToWhoeverHasChangedItMeanwhile) {
  for (const auto supply : {Supply::On, Supply::Off}) {
    Limited meter(1800, 3600, true);
    meter.pass(minutes(30));
    meter.state.supply = supply;
    meter.pass(minutes(31));
    EXPECT_FALSE(meter.state.limit_restores);
    EXPECT_EQ(meter.state.supply, supply);
    EXPECT_EQ(meter.codes().back(), 0x8F33);
  }
}

TEST(LoadLimit, OfZeroIsNone) {
  Limited meter(0, 0, true);
  meter.state.stored["71/0-0:17.0.0.255/4"] = number(0);
  meter.pass(hours(24));
  EXPECT_TRUE(meter.told.empty());
  EXPECT_EQ(meter.counter(), 0);
}

TEST(Notices, AMeterKnowsWhenItsLimitWillBePassedAndACreditMeterNothing) {
  EXPECT_EQ(make_device(kEsme, DeviceType::ESME).notices_next(), std::nullopt);
  EXPECT_EQ(make_device(kChf, DeviceType::CHF).notices_next(), std::nullopt);
  Limited limited(1800, 600, true);
  const Keys& keys = keys_of(kEsme);
  Device meter({kEsme, DeviceType::ESME, keys.signing, keys.agreement, kGpf}, anchors_of(DeviceType::ESME),
               limited.profile, limited.state);
  EXPECT_EQ(meter.notices_next(), test_time() + minutes(30));
  EXPECT_EQ(meter.pass(test_time() + minutes(30)).size(), 2u);
  EXPECT_EQ(meter.notices_next(), test_time() + minutes(40));
  EXPECT_EQ(meter.pass(test_time() + minutes(40)).size(), 1u);
}

}  // namespace
}  // namespace meterway::field::test
