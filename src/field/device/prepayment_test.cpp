#include <gtest/gtest.h>

#include "base/util/hex.h"
#include "field/device/logs.h"
#include "field/device/test_world.h"
#include "standard/gbcs/utrn.h"

/// A prepayment meter over days of virtual time, told what to do as a supplier would.
namespace meterway::field::test {
namespace {

using dlms::Choice;
using dlms::Data;
using dlms::Obis;
using dlms::Type;
using std::chrono::days;
using std::chrono::hours;

const Data kNow = Data::octets(*from_hex("0000000000000000008000ff"));

struct Step {
  Choice choice;
  std::uint16_t class_id;
  Obis instance;
  std::uint8_t index;
  Data value;
};

class Meter {
 public:
  Meter() : device(make_device(kEsme, DeviceType::ESME)) {}

  std::vector<std::uint8_t> command(std::uint16_t code, const std::vector<Step>& steps) {
    std::vector<dlms::Specification> entries;
    std::vector<Data> values;
    for (const auto& s : steps) {
      entries.push_back({s.choice, s.class_id, s.instance, s.index, 0, {}});
      values.push_back(s.value);
    }
    const auto counter = ++counter_;
    const auto outcome = device.take(
        test::command({{code}, kSupplier, kEsme, counter, access(counter, std::move(entries), std::move(values))}),
        now);
    keep(outcome.alerts);
    std::vector<std::uint8_t> codes;
    for (const auto& result : read_access(answer(outcome)).results) codes.push_back(result.code);
    return codes;
  }

  void prepay(std::int64_t disablement = 0) {
    const auto link = [](const char* credit, const char* charge) {
      Data bits;
      bits.type = Type::BitString;
      bits.bits = 3;
      bits.bytes = {0xE0};
      return Data::structure({Data::octets(*from_hex(credit)), Data::octets(*from_hex(charge)), bits});
    };
    EXPECT_EQ(
        command(0x001B, {{Choice::Set,
                          111,
                          {0, 1, 19, 0, 0, 255},
                          2,
                          Data::structure({Data::of(Type::Enum, 2), Data::of(Type::Enum, 1)})},
                         {Choice::Set, 9000, {0, 0, 94, 44, 128, 22}, 4, Data::of(Type::Int32, disablement)},
                         {Choice::Set,
                          111,
                          {0, 1, 19, 0, 0, 255},
                          11,
                          Data::array({link("0000130a00ff", "0000131400ff"), link("0000130a00ff", "0000131401ff")})},
                         {Choice::Set, 9000, {0, 0, 94, 44, 128, 22}, 6, kNow},
                         {Choice::Set, 111, {0, 1, 19, 0, 0, 255}, 13, kNow}}),
        std::vector<std::uint8_t>(5, 0));
  }

  std::uint8_t top_up(std::uint64_t high, std::uint16_t pounds) {
    const auto counter = high << 32;
    const auto token = gbcs::make_utrn({kSupplier, kEsme, {counter}}, pounds, 1, keys_of(kSupplier).prepayment,
                                       keys_of(kEsme).agreement.public_key())
                           .value();
    const auto outcome =
        device.take(test::command({{0x0007},
                                   kSupplier,
                                   kEsme,
                                   counter,
                                   access(counter, {{Choice::Action, 115, {0, 0, 19, 40, 0, 255}, 1, 0, {}}},
                                          {Data::text(Type::OctetString, token)})}),
                    now);
    keep(outcome.alerts);
    return read_access(answer(outcome)).results.at(0).code;
  }

  std::int64_t balance() const { return device.state().registers.balance; }
  const Account& account() const { return device.state().account; }
  Supply supply() const { return device.state().supply; }
  void pass(std::chrono::minutes by) {
    now += by;
    keep(device.pass(now));
  }
  /// Half-hours until `is_so`, at most a week.
  template <class Condition>
  void wait_until(Condition is_so) {
    for (int i = 0; i < 336 && !is_so(); ++i) pass(std::chrono::minutes(30));
    EXPECT_TRUE(is_so());
  }
  /// True when the alert went to the supplier since the last call.
  bool told(std::uint16_t code) {
    const auto it = std::find(alerts_.begin(), alerts_.end(), code);
    if (it == alerts_.end()) return false;
    alerts_.erase(it);
    return true;
  }
  std::vector<std::vector<std::int64_t>> log(Obis instance) const {
    const auto data =
        read_log(*find_log(DeviceType::ESME, 7, instance), false, device.state(), nullptr, now, {UtcTime(), now});
    std::vector<std::vector<std::int64_t>> rows;
    for (const auto& entry : data.items) {
      rows.emplace_back();
      for (const auto& item : entry.items) rows.back().push_back(item.number);
    }
    return rows;
  }

  Device device;
  UtcTime now = test_time();

 private:
  void keep(const std::vector<Bytes>& messages) {
    for (const auto& bytes : messages) {
      const auto message = gbcs::read_message(bytes).value();
      EXPECT_EQ(message.header.target, kSupplier);
      const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(message.content).value()).body;
      const auto code = static_cast<std::uint16_t>(body.items.at(0).number);
      EXPECT_EQ(message.signature_field == gbcs::SignatureField::Present, code >= 0x8F00) << code;
      alerts_.push_back(code);
    }
  }
  std::uint64_t counter_ = 0;
  std::vector<std::uint16_t> alerts_;
};

TEST(Prepayment, TheBalanceFallsWithUseUntilSupplyEndsAndATopUpArmsIt) {
  Meter meter;
  ASSERT_EQ(meter.top_up(1, 2), 0);
  meter.prepay();
  EXPECT_EQ(meter.balance(), 200'000);
  int half_hours = 0;
  for (; meter.supply() == Supply::On && half_hours < 200; ++half_hours) meter.pass(std::chrono::minutes(30));
  EXPECT_EQ(meter.supply(), Supply::Off);
  EXPECT_LE(meter.balance(), 0);
  EXPECT_GT(meter.balance(), -30'000) << "no more than one half-hour over";
  EXPECT_TRUE(meter.told(0x810D));
  EXPECT_TRUE(meter.told(0x8119));
  EXPECT_TRUE(meter.told(0x8F0F));
  const auto owed = meter.balance();
  meter.pass(hours(10));
  EXPECT_EQ(meter.balance(), owed) << "nothing is drawn";
  ASSERT_EQ(meter.top_up(2, 5), 0);
  EXPECT_EQ(meter.supply(), Supply::Armed);
  EXPECT_EQ(meter.balance(), owed + 500'000);
}

TEST(Prepayment, WhatWillBeToldIsKnownToTheHalfHourBeforehand) {
  Meter meter;
  EXPECT_EQ(meter.device.notices_next(), std::nullopt) << "credit mode";
  ASSERT_EQ(meter.top_up(1, 4), 0);
  meter.prepay();
  std::vector<UtcTime> woken;
  while (meter.supply() == Supply::On && woken.size() < 20) {
    const auto next = meter.device.notices_next();
    ASSERT_TRUE(next);
    ASSERT_GT(*next, meter.now);
    ASSERT_LE(*next, meter.now + days(1));
    Device before = meter.device;
    EXPECT_TRUE(before.pass(*next - std::chrono::seconds(1)).empty()) << "nothing earlier";
    meter.pass(std::chrono::duration_cast<std::chrono::minutes>(*next - meter.now));
    woken.push_back(*next);
  }
  EXPECT_TRUE(meter.told(0x810D));
  EXPECT_TRUE(meter.told(0x8119));
  EXPECT_TRUE(meter.told(0x8F0F));
  EXPECT_LT(woken.size(), 8u) << "a few times for three alerts and a day or two";
  EXPECT_EQ(meter.supply(), Supply::Off);
}

TEST(Prepayment, SupplyEndsAtTheSameHalfHourHoweverRarelyOneLooks) {
  Meter often, once;
  for (auto* meter : {&often, &once}) {
    ASSERT_EQ(meter->top_up(1, 3), 0);
    meter->prepay(-50'000);
  }
  for (int i = 0; i < 97; ++i) often.pass(std::chrono::minutes(30));
  once.pass(std::chrono::minutes(30) * 97);
  EXPECT_EQ(often.balance(), once.balance());
  EXPECT_EQ(often.supply(), once.supply());
  EXPECT_EQ(often.device.state().registers.import_milli, once.device.state().registers.import_milli);
  EXPECT_EQ(often.account(), once.account());
}

TEST(ECS09, ActivatesEmergencyCreditWhenItIsOfferedAndSaysNoBefore) {
  Meter meter;
  ASSERT_EQ(meter.top_up(1, 5), 0);
  meter.prepay();
  const std::vector<Step> activate{{Choice::Action, 112, {0, 0, 19, 10, 1, 255}, 3, Data::of(Type::Int8, 0)}};
  EXPECT_EQ(meter.command(0x0020, activate), std::vector<std::uint8_t>{0xFA});
  bool offered = false;
  meter.wait_until([&] { return offered = offered || meter.told(0x8119); });
  EXPECT_EQ(meter.command(0x0020, activate), std::vector<std::uint8_t>{0});
  EXPECT_EQ(meter.command(0x0020, activate), std::vector<std::uint8_t>{0}) << "it is active";
  meter.wait_until([&] { return meter.balance() <= 0; });
  meter.pass(hours(6));
  EXPECT_EQ(meter.supply(), Supply::On);
  EXPECT_EQ(meter.balance(), 0);
  EXPECT_LT(meter.account().emergency_left, 500'000);
  EXPECT_EQ(meter.account().emergency_left + meter.account().emergency_owed, 500'000);
  meter.wait_until([&] { return meter.supply() != Supply::On; });
  EXPECT_TRUE(meter.told(0x81AA));
  EXPECT_TRUE(meter.told(0x8F0F));
}

std::vector<Step> debts(std::int64_t rate, std::int64_t period, std::int64_t owed, std::int64_t share,
                        std::int64_t payment_debt) {
  const auto charge = Data::structure(
      {Data::structure({Data::of(Type::Int8, 0), Data::of(Type::Int8, -3)}),
       Data::structure({Data::of(Type::Uint16, 0), Data::octets(*from_hex("000000000000")), Data::of(Type::Int8, 0)}),
       Data::array({Data::structure({Data::octets(Bytes()), Data::of(Type::Int16, rate)})})});
  const Obis one{0, 0, 19, 20, 1, 255}, by_payment{0, 0, 19, 20, 3, 255};
  return {{Choice::Set, 113, one, 6, charge},
          {Choice::Set, 113, by_payment, 13, Data::of(Type::Uint16, share)},
          {Choice::Set, 113, one, 8, Data::of(Type::Uint32, period)},
          {Choice::Action, 113, one, 2, Data::of(Type::Int8, 0)},
          {Choice::Action, 113, by_payment, 4, Data::of(Type::Int32, payment_debt)},
          {Choice::Action, 113, one, 4, Data::of(Type::Int32, owed)}};
}

TEST(ECS07, RecoversADebtPerDayAndPerHourAndFromPayments) {
  Meter meter;
  ASSERT_EQ(meter.top_up(1, 100), 0);
  meter.prepay();
  // a rate of 25 thousandths of a pound a day
  ASSERT_EQ(meter.command(0x001E, debts(25, 86'400, 10'000, 1'000, 40'000)), std::vector<std::uint8_t>(6, 0));
  EXPECT_EQ(meter.account().time_debt[0], 10'000);
  meter.pass(hours(14));
  EXPECT_EQ(meter.account().time_debt[0], 10'000) << "the day is not over";
  const auto use_before = meter.device.state().registers.bill_to_date;
  const auto before = meter.balance();
  meter.pass(hours(2));
  EXPECT_EQ(meter.account().time_debt[0], 7'500);
  EXPECT_EQ(before - meter.balance(), 2'500 + meter.device.state().registers.bill_to_date - use_before);
  ASSERT_EQ(meter.command(0x001E, debts(25, 3'600, 0, 1'000, 0)), std::vector<std::uint8_t>(6, 0));
  meter.pass(hours(2));
  EXPECT_EQ(meter.account().time_debt[0], 2'500);
  meter.pass(hours(5));
  EXPECT_EQ(meter.account().time_debt[0], 0);
  EXPECT_TRUE(meter.told(0x81A7));
  ASSERT_EQ(meter.top_up(2, 3), 0);
  EXPECT_EQ(meter.account().payment_debt, 10'000) << "a tenth of three pounds";
  const auto payments = meter.log({0, 0, 98, 1, 4, 255}), top_ups = meter.log({0, 0, 98, 1, 5, 255});
  ASSERT_EQ(payments.size(), 1u);
  EXPECT_EQ(payments[0][1], 30'000);
  ASSERT_EQ(top_ups.size(), 2u);
  EXPECT_EQ(top_ups[0][1], 10'000'000);
  EXPECT_EQ(top_ups[1][1], 300'000);
}

TEST(ECS19, ReadsWhatTheAccountHoldsAsTheDailyLogDoes) {
  Meter meter;
  ASSERT_EQ(meter.top_up(1, 100), 0);
  meter.prepay();
  ASSERT_EQ(meter.command(0x001E, debts(0, 86'400, 10'000, 1'000, 40'000)), std::vector<std::uint8_t>(6, 0));
  meter.pass(hours(15));
  const Order order{{0x002D}, kSupplier, kEsme, 900, protected_read(900, kSupplier, kEsme, 1, {0, 0, 94, 44, 34, 30})};
  const auto response = answer(meter.device.take(command(order), meter.now));
  const auto values = open_block(response, dlms::protected_block(read_access(response).data.at(0))).items.at(0);
  const auto daily = meter.log({0, 0, 98, 1, 8, 255});
  ASSERT_EQ(daily.size(), 1u);
  ASSERT_EQ(values.items.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(values.items[i].number, daily[0][i + 1]) << i;
  EXPECT_EQ(daily[0][0], log_seconds(meter.now));
  EXPECT_EQ(daily[0][1], meter.balance());
  EXPECT_EQ(daily[0][3], 10'000);
  EXPECT_EQ(daily[0][5], 40'000);
}

TEST(ECS08, KeepsSupplyOnInAPeriodOfItsCalendarAndEndsItWhenThePeriodDoes) {
  Meter meter;
  meter.prepay();
  const auto entry = [](int index, int script, const char* time) {
    Data week;
    week.type = Type::BitString;
    week.bits = 7;
    week.bytes = {0xFE};
    Data none = week;
    none.bits = 0;
    none.bytes.clear();
    return Data::structure({Data::of(Type::Uint16, index), Data::of(Type::Boolean, 0xFF),
                            Data::octets(*from_hex("00000a006aff")), Data::of(Type::Uint16, script),
                            Data::octets(*from_hex(time)), Data::of(Type::Uint16, 65'535), week, none,
                            Data::octets(*from_hex("ffffffffff")), Data::octets(*from_hex("ffffffffff"))});
  };
  const Obis passive{0, 1, 12, 0, 1, 255};
  // from six in the evening to nine in the morning
  EXPECT_EQ(meter.command(0x00DE, {{Choice::Set, 10, passive, 2,
                                    Data::array({entry(1, 32, "12000000"), entry(2, 33, "09000000")})},
                                   {Choice::Set, 9000, {0, 0, 94, 44, 128, 28}, 6, kNow}}),
            std::vector<std::uint8_t>(2, 0));
  meter.pass(hours(10));  // seven in the evening; on a balance of nothing it went off at once
  EXPECT_EQ(meter.supply(), Supply::Off);
  ASSERT_EQ(meter.top_up(1, 1), 0);
  EXPECT_EQ(meter.supply(), Supply::Armed);
  EXPECT_EQ(meter.command(0x004F, {{Choice::Action, 9, {0, 0, 10, 0, 106, 255}, 1, Data::of(Type::Uint16, 0x33)}}),
            std::vector<std::uint8_t>{0});
  meter.wait_until([&] { return meter.balance() <= 0; });
  EXPECT_TRUE(meter.told(0x8F83));
  EXPECT_EQ(meter.supply(), Supply::On);
  meter.now = test_time() + hours(23);
  meter.pass(std::chrono::minutes(30));
  EXPECT_EQ(meter.supply(), Supply::On) << "half past eight";
  meter.pass(std::chrono::minutes(30));
  EXPECT_EQ(meter.supply(), Supply::Off) << "nine";
}

TEST(ECS04b, SetsBalanceEmergencyCreditAndAccumulatedDebtToNothing) {
  Meter meter;
  meter.prepay(-1'000'000);
  ASSERT_EQ(meter.top_up(1, 1), 0);
  EXPECT_EQ(meter.command(0x00B3, {{Choice::Action, 112, {0, 0, 19, 10, 0, 255}, 2, Data::of(Type::Int32, 0)},
                                   {Choice::Action, 112, {0, 0, 19, 10, 1, 255}, 2, Data::of(Type::Int32, 0)},
                                   {Choice::Action, 112, {0, 0, 19, 10, 2, 255}, 2, Data::of(Type::Int32, 0)}}),
            std::vector<std::uint8_t>(3, 0));
  EXPECT_EQ(meter.balance(), 0);
  EXPECT_EQ(meter.account().emergency_owed, 0);
  EXPECT_EQ(meter.account().accumulated_debt, 0);
}

TEST(ECS05, SendsConsumptionBackToTheFirstPriceBlock) {
  Meter meter;
  const std::vector<Step> reset{{Choice::Action, 9, {0, 0, 10, 0, 100, 255}, 1, Data::of(Type::Uint16, 99)}};
  EXPECT_EQ(meter.command(0x001D, reset), std::vector<std::uint8_t>{0});
  auto other = reset;
  other[0].value = Data::of(Type::Uint16, 98);
  EXPECT_EQ(meter.command(0x001D, other), std::vector<std::uint8_t>{0x0C});
}

TEST(BillingDataLog, GrowsByTheCalendarAndAtAChangeOfMode) {
  Meter meter;
  meter.pass(days(60));
  const auto bills = meter.log({0, 0, 98, 1, 0, 255});
  ASSERT_EQ(bills.size(), 2u) << "the first of February and of March";
  EXPECT_EQ(log_time(static_cast<std::uint32_t>(bills[0][0])), from_iso8601("2026-02-01T00:00:00Z").value());
  EXPECT_GT(bills[1][1], bills[0][1]);
  EXPECT_EQ(meter.log({0, 0, 98, 1, 1, 255}).size(), 2u);
  EXPECT_TRUE(meter.log({0, 0, 98, 1, 2, 255}).empty());
  meter.prepay();
  const auto changes = meter.log({0, 0, 98, 1, 2, 255});
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0][1], static_cast<std::int64_t>(meter.device.state().registers.import_milli / 1000));
  EXPECT_EQ(meter.log({0, 0, 98, 1, 9, 255}).size(), 31u) << "a day each, the newest";
}

TEST(StandingCharge, IsTakenAtTheEndOfEachDayInCreditModeToo) {
  Meter meter;
  const auto charge = Data::structure(
      {Data::structure({Data::of(Type::Int8, 0), Data::of(Type::Int8, -5)}),
       Data::structure({Data::of(Type::Uint16, 0), Data::octets(*from_hex("000000000000")), Data::of(Type::Int8, 0)}),
       Data::array({Data::structure({Data::octets(Bytes()), Data::of(Type::Int16, 25'000)})})});
  const Obis standing{0, 0, 19, 20, 4, 255};
  meter.command(0x00A2, {{Choice::Set, 113, standing, 6, charge}, {Choice::Set, 113, standing, 7, kNow}});
  Meter without;
  meter.pass(days(3));
  without.pass(days(3));
  EXPECT_EQ(meter.balance(), without.balance() - 75'000);
  EXPECT_EQ(meter.device.state().registers.bill_to_date, without.device.state().registers.bill_to_date + 75'000);
}

TEST(Account, OpensAgainAsItWasAndAsNothingFromAStateThatHasNone) {
  Meter meter;
  meter.prepay();
  meter.top_up(1, 1);
  meter.command(0x001E, debts(25, 86'400, 10'000, 1'000, 40'000));
  meter.pass(days(2));
  const auto again = read_state(write_state(meter.device.state())).value();
  EXPECT_EQ(again.account, meter.account());
  EXPECT_EQ(again.logs, meter.device.state().logs);
  EXPECT_EQ(again.billing_changed, meter.device.state().billing_changed);
  DeviceState plain;
  EXPECT_EQ(read_state(write_state(plain)).value().account, Account());
}

}  // namespace
}  // namespace meterway::field::test
