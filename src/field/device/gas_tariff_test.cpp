#include "field/device/gas_tariff.h"

#include "field/device/gas_test_world.h"

namespace meterway::field::test {
namespace {

using std::chrono::hours;

/// What the meter charges for the two hours from `at`, and the litres that flowed.
std::pair<std::int64_t, std::uint64_t> charge_of(GasMeter& meter, UtcTime at) {
  meter.device.pass(at);
  const auto before = meter.device.state().registers;
  meter.device.pass(at + hours(2));
  const auto& after = meter.device.state().registers;
  EXPECT_EQ(after.bill_to_date - before.bill_to_date, before.balance - after.balance);
  return {after.bill_to_date - before.bill_to_date, after.import_milli - before.import_milli};
}

TEST(GasTariff, ChargesNothingUntilOneIsSet) {
  GasMeter meter;
  const auto [cost, milli] = charge_of(meter, test_time());
  EXPECT_EQ(cost, 0);
  EXPECT_GT(milli, 0u);
  EXPECT_EQ(meter.device.state().registers.tariff_milli[0], meter.device.state().registers.import_milli);
}

TEST(GasTariff, ChargesTheEnergyOfTheVolumeByConversionFactorAndCalorificValue) {
  GasMeter meter;
  meter.statuses(0x00A3, price_parts(true, 0, {6000, 0, 0, 0}), test_time());
  const auto [cost, milli] = charge_of(meter, test_time());
  const double kwh = static_cast<double>(milli) * 1e-6 * 1.02264 * 39.5 / 3.6;
  EXPECT_NEAR(static_cast<double>(cost), kwh * 6000, 1.0);
  // Twice the calorific value is twice the price of the same litres.
  meter.statuses(0x007C, {part(0x0700, 9, 3, wire::Writer().u32_le(1).u32_le(0).u32_le(790).u8(1).u8(0x10))},
                 test_time() + hours(2));
  const auto [double_cost, later_milli] = charge_of(meter, test_time() + hours(2));
  EXPECT_NEAR(static_cast<double>(double_cost) / static_cast<double>(later_milli),
              2 * static_cast<double>(cost) / static_cast<double>(milli), 1e-5);
}

TEST(GasTariff, AChangeOfTariffChangesWhatTheSameConsumptionCosts) {
  GasMeter dear, cheap;
  dear.statuses(0x00A3, price_parts(true, 0, {8000, 0, 0, 0}), test_time());
  cheap.statuses(0x00A3, price_parts(true, 0, {4000, 0, 0, 0}), test_time());
  const auto [dear_cost, dear_milli] = charge_of(dear, test_time());
  const auto [cheap_cost, cheap_milli] = charge_of(cheap, test_time());
  EXPECT_EQ(dear_milli, cheap_milli);
  EXPECT_NEAR(static_cast<double>(dear_cost), 2.0 * static_cast<double>(cheap_cost), 2.0);
}

TEST(GasTariff, TheSwitchingTableSaysWhichTierCounts) {
  GasMeter meter;  // 12 January 2026 is a Monday
  auto parts = calendar_parts(0, 77, 0, {{0, 1}, {600, 3}}, {{0, 2}});
  for (auto& p : price_parts(true, 0, {6000, 7000, 8000, 9000})) parts.push_back(std::move(p));
  meter.statuses(0x006B, parts, test_time());  // 09:00
  meter.device.pass(test_time() + hours(3));
  const auto& r = meter.device.state().registers;
  EXPECT_GT(r.tariff_milli[0], 0u);
  EXPECT_EQ(r.tariff_milli[1], 0u);
  EXPECT_GT(r.tariff_milli[2], r.tariff_milli[0]) << "from 10:00";
  EXPECT_EQ(r.tariff_milli[0] + r.tariff_milli[2], r.import_milli);
  EXPECT_EQ(meter.read(0x00B6, 0x0702, 0x0104, test_time() + hours(3)),
            static_cast<std::int64_t>(r.tariff_milli[2] / 1000));
  const auto price = meter.ask(0x009F, {part(0x0700, 1, 0, wire::Writer().u8(0))}, test_time() + hours(3)).at(0);
  EXPECT_EQ(GasMeter::number(price, "price"), 8000);
  EXPECT_EQ(GasMeter::number(price, "duration_minutes"), 12 * 60);
}

TEST(GasTariff, BlocksFollowTheirThresholdsAndBeginAnewWithTheirPeriod) {
  GasMeter meter;
  auto parts = price_parts(false, 0, {1000, 2000, 3000, 4000});
  parts.insert(parts.begin() + 1, part(0x0700, 9, 6,
                                       wire::Writer()
                                           .u32_le(0)
                                           .u32_le(7)
                                           .u32_le(0)
                                           .u32_le(1)
                                           .u8(0)
                                           .u8(1)
                                           .u8(1)
                                           .u8(3)
                                           .u48_le(1000)
                                           .u48_le(2000)
                                           .u48_le(2'000'000)));
  EXPECT_EQ(meter.statuses(0x006B, parts, test_time()), (std::vector<int>{0, 0, 0}));
  const auto start = zigbee(test_time() + hours(24));
  meter.statuses(
      0x00D8,
      {part(0x0700, 9, 1, wire::Writer().u32_le(0).u32_le(1).u32_le(start).u24_le(1).u8(2).u8(0x21).u8(0).u8(1))},
      test_time());
  meter.device.pass(test_time() + hours(23));
  const auto& r = meter.device.state().registers;
  EXPECT_GT(r.block_milli[0], 0u);
  EXPECT_GT(r.block_milli[1], 0u);
  EXPECT_GT(r.block_milli[2], r.block_milli[1]);
  EXPECT_EQ(r.block_milli[3], 0u);
  EXPECT_EQ(meter.read(0x00B8, 0x0702, 0x0702, test_time() + hours(23)),
            static_cast<std::int64_t>(r.block_milli[2] / 1000));
  meter.device.pass(test_time() + hours(24));
  EXPECT_EQ(r.block_milli[0] + r.block_milli[1] + r.block_milli[2], 0u);
}

TEST(GasTariff, IsChargedAlikeHoweverOftenTheMeterIsLookedAt) {
  GasMeter often, seldom;
  for (auto* meter : {&often, &seldom}) meter->statuses(0x00A3, price_parts(true, 0, {6123, 0, 0, 0}), test_time());
  for (int i = 1; i <= 48 * 7; ++i)
    often.device.pass(test_time() + std::chrono::minutes(10 * i) + std::chrono::seconds(i));
  const auto end = test_time() + hours(60);
  often.device.pass(end);
  seldom.device.pass(end);
  EXPECT_EQ(often.device.state().registers.bill_to_date, seldom.device.state().registers.bill_to_date);
  EXPECT_EQ(often.device.state().registers.energy_remainder, seldom.device.state().registers.energy_remainder);
}

TEST(GasPeriods, EndWhereTheCalendarSays) {
  const auto time = [](const char* text) { return from_iso8601(text).value(); };
  const GasPeriods months{time("2026-01-31T06:00:00Z"), 1, GasPeriods::Unit::Months};
  EXPECT_EQ(months.next_end(time("2026-01-31T06:00:00Z")), time("2026-02-28T06:00:00Z"));
  EXPECT_EQ(months.next_end(time("2026-02-28T06:00:00Z")), time("2026-03-31T06:00:00Z"));
  EXPECT_EQ(months.next_end(time("2025-01-01T00:00:00Z")), time("2026-01-31T06:00:00Z"));
  const GasPeriods weeks{time("2026-01-01T00:00:00Z"), 2, GasPeriods::Unit::Weeks};
  EXPECT_EQ(weeks.next_end(time("2026-01-10T00:00:00Z")), time("2026-01-15T00:00:00Z"));
  EXPECT_EQ(GasPeriods{}.next_end(time("2026-01-10T00:00:00Z")), UtcTime::max());
}

}  // namespace
}  // namespace meterway::field::test
