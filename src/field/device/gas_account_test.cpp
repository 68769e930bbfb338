#include "field/device/gas_account.h"

#include "field/device/gas_logs.h"
#include "field/device/gas_test_world.h"
#include "field/device/gbz_model.h"

namespace meterway::field::test {
namespace {

using std::chrono::days;
using std::chrono::hours;
constexpr std::uint32_t kPrepay = 0x0897, kCredit = 0x0C94;

std::vector<gbz::Component> mode(std::uint32_t control, std::int32_t cut_off = 0) {
  return {
      part(0x0705, 1, 6,
           wire::Writer().u32_le(0).u32_le(1).u32_le(0).u16_le(control).u32_le(static_cast<std::uint32_t>(cut_off)))};
}

std::vector<gbz::Component> add_balance(std::int64_t value) {
  return {part(0x0705, 1, 5, wire::Writer().u32_le(1).u32_le(0).u8(0).u32_le(static_cast<std::uint32_t>(value)))};
}

std::vector<gbz::Component> debt(std::uint8_t amount_type, std::uint32_t amount, std::uint8_t frequency,
                                 std::uint32_t recovery, std::uint16_t percentage = 0) {
  return {part(0x0705, 1, 2,
               wire::Writer()
                   .u32_le(1)
                   .u8(0)
                   .u32_le(amount)
                   .u8(0)
                   .u8(amount_type)
                   .u32_le(0)
                   .u16_le(0)
                   .u8(frequency)
                   .u32_le(recovery)
                   .u16_le(percentage))};
}

/// A meter in prepayment mode with so much credit at 6 pence a kWh, from the beginning of a day on.
GasMeter prepaying(std::int64_t balance) {
  GasMeter meter;
  meter.statuses(0x00A3, price_parts(true, 0, {6000, 0, 0, 0}), test_time());
  meter.statuses(0x0086, add_balance(balance), test_time());  // a meter without credit would shut its valve at once
  meter.statuses(0x006D, mode(kPrepay), test_time());
  return meter;
}

TEST(GasAccount, FallsWithUseAndSupplyEndsWhenItIsUsedUp) {
  auto meter = prepaying(20'000);
  EXPECT_EQ(meter.device.state().supply, Supply::On);
  meter.device.pass(test_time() + hours(12));
  EXPECT_EQ(meter.device.state().supply, Supply::Off);
  EXPECT_TRUE(meter.device.state().account.disabled);
  const auto left = meter.device.state().registers.balance;
  EXPECT_LE(left, 0);
  meter.device.pass(test_time() + hours(20));
  EXPECT_EQ(meter.device.state().registers.balance, left) << "what does not flow costs nothing";
}

TEST(GasAccount, WhatTheAccountNoticesIsToldToTheSupplierAtItsTime) {
  auto meter = prepaying(20'000);
  std::vector<std::pair<std::uint16_t, UtcTime>> told;
  for (int i = 0; i < 10 && meter.device.state().supply == Supply::On; ++i) {
    const auto next = meter.device.notices_next();
    ASSERT_TRUE(next);
    for (const auto& bytes : meter.device.pass(*next)) {
      const auto message = gbcs::read_message(bytes).value();
      EXPECT_EQ(message.header.target, kSupplier);
      const auto alert = gbz::read_alert(message.content, message.header.code).value();
      EXPECT_EQ(alert.time.utc(), *next);
      told.emplace_back(alert.code, *next);
    }
  }
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().first, 0x8F0F);
  EXPECT_EQ(meter.device.state().supply, Supply::Off);
}

TEST(GasAccount, OfACreditMeterGoesBelowZeroWithoutDisablement) {
  GasMeter meter;
  meter.statuses(0x00A3, price_parts(true, 0, {6000, 0, 0, 0}), test_time());
  meter.device.pass(test_time() + hours(48));
  EXPECT_LT(meter.device.state().registers.balance, 0);
  EXPECT_EQ(meter.device.state().supply, Supply::On);
}

TEST(GasAccount, CreditArmsTheValveThatWantOfItHasShut) {
  auto meter = prepaying(1'000);
  meter.device.pass(test_time() + hours(12));
  ASSERT_EQ(meter.device.state().supply, Supply::Off);
  meter.statuses(0x0086, add_balance(100'000), test_time() + hours(12));
  EXPECT_EQ(meter.device.state().supply, Supply::Armed) << "on is for the consumer at the meter";
}

TEST(GasAccount, EmergencyCreditIsSelectedWhenItIsOfferedAndOnlyInPrepayment) {
  const std::vector select{part(0x0705, 1, 0, wire::Writer().u32_le(0).u8(0))};
  GasMeter credit;
  EXPECT_EQ(credit.statuses(0x0070, select, test_time()), std::vector<int>{1});
  auto meter = prepaying(100'000);
  EXPECT_EQ(meter.statuses(0x0070, select, test_time()), std::vector<int>{0});
  EXPECT_EQ(meter.statuses(0x0070, select, test_time()), std::vector<int>{0}) << "it is in use already";
  EXPECT_EQ(meter.read(0x0075, 0x0705, 0x0002, test_time()), 1'000'000);
  meter.device.pass(test_time() + hours(24));
  EXPECT_EQ(meter.device.state().supply, Supply::On) << "it pays now";
  EXPECT_LT(meter.read(0x0075, 0x0705, 0x0002, test_time() + hours(24)), 1'000'000);
}

TEST(GasAccount, TimeBasedDebtsAreRecoveredByTheHourAndByTheDay) {
  auto meter = prepaying(10'000'000);
  meter.statuses(0x006E, debt(1, 50'000, 1, 7'000), test_time());  // by the day
  meter.statuses(0x006E, debt(3, 30'000, 0, 100), test_time());    // by the hour
  meter.statuses(0x006E, debt(3, 1'000, 0, 100), test_time());     // is added
  EXPECT_EQ(meter.read(0x0075, 0x0705, 0x0221, test_time()), 31'000);
  EXPECT_EQ(meter.read(0x00B5, 0x0705, 0x0217, test_time()), 7'000);
  meter.device.pass(test_time() + days(2));
  EXPECT_EQ(meter.read(0x0075, 0x0705, 0x0211, test_time() + days(2)), 50'000 - 2 * 7'000);
  EXPECT_EQ(meter.read(0x0075, 0x0705, 0x0221, test_time() + days(2)), 31'000 - 48 * 100);
}

TEST(GasAccount, TheStandingChargeIsTakenAtTheEndOfEachDayInEitherMode) {
  GasMeter meter;
  meter.statuses(0x00A3, price_parts(true, 0, {0, 0, 0, 0}, 25'000), test_time());
  meter.device.pass(test_time() + days(3));
  EXPECT_EQ(meter.device.state().registers.bill_to_date, 75'000);
  EXPECT_EQ(meter.device.state().registers.balance, -75'000);
}

TEST(GasAccount, SupplyStaysOnInANonDisablementPeriodAndEndsWithIt) {
  auto meter = prepaying(1'000);
  // Until 18:00 on this Monday supply is not cut off.
  meter.statuses(0x006F, calendar_parts(3, 77, 0, {{0, 1}, {18 * 60, 0}}, {{0, 0}}), test_time());
  meter.device.pass(test_time() + hours(8));
  EXPECT_LT(meter.device.state().registers.balance, 0);
  EXPECT_EQ(meter.device.state().supply, Supply::On);
  meter.device.pass(test_time() + hours(9) + std::chrono::minutes(30));
  EXPECT_EQ(meter.device.state().supply, Supply::Off);
}

TEST(GasAccount, IsTheSameHoweverOftenTheMeterIsLookedAt) {
  auto often = prepaying(300'000), seldom = prepaying(300'000);
  for (auto* meter : {&often, &seldom}) meter->statuses(0x006E, debt(1, 50'000, 0, 500), test_time());
  for (int i = 1; i < 400; ++i) often.device.pass(test_time() + std::chrono::minutes(7 * i));
  often.device.pass(test_time() + days(3));
  seldom.device.pass(test_time() + days(3));
  EXPECT_EQ(often.device.state().registers.balance, seldom.device.state().registers.balance);
  EXPECT_EQ(often.device.state().registers.import_milli, seldom.device.state().registers.import_milli);
  EXPECT_EQ(often.device.state().account, seldom.device.state().account);
  EXPECT_EQ(often.device.state().logs.at("gas/daily"), seldom.device.state().logs.at("gas/daily"));
}

TEST(GasAccount, ATopUpPaysThePaymentBasedDebtFirstAndBothAreInTheLogs) {
  DeviceState state;
  keep_number(state, 0x0705, 0x0000, kPrepay);
  keep_number(state, 0x0705, 0x0239, 2'500);
  state.account.payment_debt = 100'000;
  std::vector<Told> told;
  add_gas_credit(state, 200'000, Bytes(20, '7'), test_time(), told);
  EXPECT_EQ(state.registers.balance, 150'000);
  ASSERT_EQ(gas_top_ups(state).size(), 1u);
  EXPECT_EQ(gas_top_ups(state).front().amount, 200'000);
  ASSERT_EQ(gas_debt_payments(state).size(), 1u);
  EXPECT_EQ(gas_debt_payments(state).front().amount, 50'000);
  EXPECT_EQ(gas_debt_payments(state).front().outstanding, 50'000);
}

TEST(GasAccount, AChangeBackToCreditModeKeepsTheThresholdAndArmsWhatWasShut) {
  auto meter = prepaying(1'000);
  meter.device.pass(test_time() + hours(12));
  ASSERT_EQ(meter.device.state().supply, Supply::Off);
  meter.statuses(0x006C, mode(kCredit, -1), test_time() + hours(12));
  EXPECT_EQ(meter.device.state().supply, Supply::Armed);
  EXPECT_EQ(meter.read(0x00B5, 0x0705, 0x0040, test_time() + hours(12)), 0);
}

}  // namespace
}  // namespace meterway::field::test
