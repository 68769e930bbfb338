#include "field/device/account.h"

#include <gtest/gtest.h>

namespace meterway::field {
namespace {

using std::chrono::days;

struct Purse {
  AccountRules rules;
  Account account;
  std::int64_t balance = 1'000'000;  // ten pounds
  std::vector<AccountEvent> events;
  AccountBook book{rules, account, balance, events};
  UtcTime now = UtcTime() + days(20'000);

  Purse() {
    rules.mode = PaymentMode::Prepayment;
    rules.low_credit_threshold = 200'000;
    rules.emergency_limit = 500'000;
    rules.emergency_threshold = 100'000;
  }
  bool told(AccountEvent event) const { return std::find(events.begin(), events.end(), event) != events.end(); }
};

TEST(Account, ConsumptionLowersTheBalanceInEitherMode) {
  Purse purse;
  purse.book.consume(30'000);
  purse.rules.mode = PaymentMode::Credit;
  purse.book.consume(20'000);
  EXPECT_EQ(purse.balance, 950'000);
}

TEST(Account, WarnsOnceWhenCreditIsLowAndAgainAfterATopUp) {
  Purse purse;
  purse.book.consume(800'001);
  EXPECT_EQ(purse.book.settle(false), SupplyWish::AsItIs);
  EXPECT_EQ(purse.events, std::vector{AccountEvent::LowCredit});
  purse.book.consume(1);
  purse.book.settle(false);
  EXPECT_EQ(purse.events.size(), 1u);
  purse.book.top_up(100'000, purse.now);
  purse.book.settle(false);
  purse.book.consume(200'000);
  purse.book.settle(false);
  EXPECT_EQ(std::count(purse.events.begin(), purse.events.end(), AccountEvent::LowCredit), 2);
}

TEST(Account, DisablesAtTheThresholdAndArmsWhenATopUpLiftsItAbove) {
  Purse purse;
  purse.rules.disablement_threshold = 50'000;
  purse.book.consume(949'999);
  EXPECT_EQ(purse.book.settle(false), SupplyWish::AsItIs);
  purse.book.consume(1);
  EXPECT_EQ(purse.book.settle(false), SupplyWish::Off);
  EXPECT_TRUE(purse.told(AccountEvent::CreditBelowDisablement));
  EXPECT_EQ(purse.book.settle(false), SupplyWish::AsItIs) << "it is off already";
  purse.book.top_up(1, purse.now);
  EXPECT_EQ(purse.book.settle(false), SupplyWish::Armed);
}

TEST(Account, KeepsSupplyOnInANonDisablementPeriodAndEndsItAfterwards) {
  Purse purse;
  purse.book.consume(1'000'000);
  EXPECT_EQ(purse.book.settle(true), SupplyWish::AsItIs);
  EXPECT_EQ(purse.book.settle(true), SupplyWish::AsItIs);
  EXPECT_EQ(std::count(purse.events.begin(), purse.events.end(), AccountEvent::DisablementSuspended), 1);
  purse.book.consume(50'000);
  EXPECT_EQ(purse.balance, -50'000) << "what is used is still paid for";
  EXPECT_EQ(purse.book.settle(false), SupplyWish::Off);
}

TEST(Account, EmergencyCreditPaysOnceTheBalanceIsUsedUpAndIsPaidBackByTheNextTopUp) {
  Purse purse;
  EXPECT_FALSE(purse.book.activate_emergency()) << "not yet offered";
  purse.book.consume(920'000);
  purse.book.settle(false);
  EXPECT_TRUE(purse.told(AccountEvent::EmergencyAvailable));
  EXPECT_TRUE(purse.book.activate_emergency());
  EXPECT_TRUE(purse.book.activate_emergency()) << "active is what was asked for";
  EXPECT_EQ(std::count(purse.events.begin(), purse.events.end(), AccountEvent::EmergencyActivated), 1);
  purse.book.consume(280'000);
  EXPECT_EQ(purse.balance, 0);
  EXPECT_EQ(purse.account.emergency_left, 300'000);
  EXPECT_EQ(purse.book.settle(false), SupplyWish::AsItIs);
  const auto parts = purse.book.top_up(700'000, purse.now);
  EXPECT_EQ(parts.emergency, 200'000);
  EXPECT_EQ(purse.balance, 500'000);
  EXPECT_FALSE(purse.account.emergency_active);
}

TEST(Account, SupplyEndsWhenEmergencyCreditIsExhausted) {
  Purse purse;
  purse.book.consume(1'000'000);
  ASSERT_TRUE(purse.book.activate_emergency());
  EXPECT_EQ(purse.book.settle(false), SupplyWish::AsItIs);
  purse.book.consume(500'000);
  EXPECT_EQ(purse.book.settle(false), SupplyWish::Off);
  EXPECT_TRUE(purse.told(AccountEvent::EmergencyExhausted));
  purse.book.top_up(500'000, purse.now);
  EXPECT_EQ(purse.balance, 0) << "all of it went to what was owed";
  EXPECT_EQ(purse.account.emergency_owed, 0);
}

TEST(Account, RecoversTimeBasedDebtsOncePerPeriodUntilTheyAreCollected) {
  Purse purse;
  purse.rules.debts = {TimeDebt{20'000, std::chrono::hours(24)}, TimeDebt{3'000, std::chrono::hours(1)}};
  purse.account.time_debt = {50'000, 7'000};
  purse.book.end_of_hour();
  EXPECT_EQ(purse.account.time_debt, (std::array<std::int64_t, 2>{50'000, 4'000}));
  purse.book.end_of_day();
  EXPECT_EQ(purse.account.time_debt, (std::array<std::int64_t, 2>{30'000, 4'000}));
  EXPECT_EQ(purse.balance, 1'000'000 - 23'000);
  for (int i = 0; i < 5; ++i) purse.book.end_of_hour(), purse.book.end_of_day();
  EXPECT_EQ(purse.account.time_debt, (std::array<std::int64_t, 2>{}));
  EXPECT_EQ(purse.balance, 1'000'000 - 57'000) << "no more than was owed";
  EXPECT_TRUE(purse.told(AccountEvent::TimeDebt1Collected));
  EXPECT_TRUE(purse.told(AccountEvent::TimeDebt2Collected));
}

TEST(Account, RecoversNoDebtInCreditModeButChargesEachDay) {
  Purse purse;
  purse.rules.mode = PaymentMode::Credit;
  purse.rules.standing_charge = 25'000;
  purse.rules.debts[0].rate = 1'000;
  purse.account.time_debt[0] = 9'000;
  purse.book.end_of_day();
  EXPECT_EQ(purse.balance, 975'000);
  EXPECT_EQ(purse.account.time_debt[0], 9'000);
}

TEST(Account, SuspendsTimeBasedDebtsWhileDisabledWhenToldTo) {
  Purse purse;
  purse.rules.debts[0].rate = 1'000;
  purse.account.time_debt[0] = 9'000;
  purse.balance = 0;
  purse.book.settle(false);
  purse.rules.suspend_debt_disabled = true;
  purse.book.end_of_day();
  EXPECT_EQ(purse.account.time_debt[0], 9'000);
  purse.rules.suspend_debt_disabled = false;
  purse.book.end_of_day();
  EXPECT_EQ(purse.account.time_debt[0], 8'000);
  EXPECT_EQ(purse.balance, -1'000);
}

TEST(Account, AccumulatesChargesWhileEmergencyCreditIsInUseWhenToldTo) {
  Purse purse;
  purse.rules.suspend_debt_emergency = true;
  purse.rules.standing_charge = 25'000;
  purse.balance = 10'000;
  ASSERT_TRUE(purse.book.activate_emergency());
  purse.book.end_of_day();
  EXPECT_EQ(purse.balance, 0) << "the balance pays as far as it goes";
  EXPECT_EQ(purse.account.accumulated_debt, 15'000);
  EXPECT_EQ(purse.account.emergency_left, 500'000);
  const auto parts = purse.book.top_up(40'000, purse.now);
  EXPECT_EQ(parts.accumulated_debt, 15'000);
  EXPECT_EQ(purse.balance, 25'000);
}

TEST(Account, TakesItsShareOfEachTopUpForThePaymentDebtUpToTheCapOfThePeriod) {
  Purse purse;
  purse.rules.per_payment_permyriad = 1'000;
  purse.rules.payment_debt_cap = 150'000;
  purse.account.payment_debt = 1'000'000;
  EXPECT_EQ(purse.book.top_up(1'000'000, purse.now).payment_debt, 100'000);
  EXPECT_EQ(purse.book.top_up(1'000'000, purse.now + days(1)).payment_debt, 50'000) << "the cap is reached";
  EXPECT_EQ(purse.book.top_up(1'000'000, purse.now + days(2)).payment_debt, 0);
  EXPECT_EQ(purse.book.top_up(1'000'000, purse.now + days(7)).payment_debt, 100'000) << "a new period";
  EXPECT_EQ(purse.account.payment_debt, 750'000);
  EXPECT_EQ(purse.balance, 1'000'000 + 4'000'000 - 250'000);
}

TEST(Account, TellsWhenThePaymentDebtIsCollectedAndTakesNoMoreThanIsOwed) {
  Purse purse;
  purse.rules.per_payment_permyriad = 5'000;
  purse.account.payment_debt = 30'000;
  const auto parts = purse.book.top_up(100'000, purse.now);
  EXPECT_EQ(parts.payment_debt, 30'000);
  EXPECT_EQ(parts.balance, 70'000);
  EXPECT_TRUE(purse.told(AccountEvent::PaymentDebtCollected));
}

TEST(Account, ACreditMeterIsNeverDisabledAndOneThatBecomesACreditMeterIsArmed) {
  Purse purse;
  purse.balance = -1;
  EXPECT_EQ(purse.book.settle(false), SupplyWish::Off);
  purse.rules.mode = PaymentMode::Credit;
  EXPECT_EQ(purse.book.settle(false), SupplyWish::Armed);
  purse.book.consume(1'000'000);
  EXPECT_EQ(purse.book.settle(false), SupplyWish::AsItIs);
}

}  // namespace
}  // namespace meterway::field
