#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "base/util/clock.h"

namespace meterway::field {

/// The money of a meter: what consumption, standing charge and debts take, what top-ups bring, and when supply ends for
/// want of it. Pure rules, the same for both fuels; every amount is in thousandths of a penny (10^-5 GBP).
///
/// Source:  SMETS2's descriptions of prepayment mode, in our own words. In which order the parts of a top-up go, what
///          stays when a mode changes, and when emergency credit counts as in use is not confirmed in any document at
///          hand: those choices are ours and stand where they are made.
/// Sharing: plain data; one thread at a time.

enum class PaymentMode : std::uint8_t { Credit = 1, Prepayment = 2 };  ///< values of the DLMS account

struct TimeDebt {
  std::int64_t rate = 0;               ///< what one period recovers
  std::chrono::seconds period{86400};  ///< an hour or a day; anything else counts as a day
};

/// What commands set.
struct AccountRules {
  PaymentMode mode = PaymentMode::Credit;
  std::int64_t disablement_threshold = 0;
  std::int64_t low_credit_threshold = 0;
  std::int64_t emergency_limit = 0;      ///< what one activation brings; 0: there is no emergency credit
  std::int64_t emergency_threshold = 0;  ///< offered at or below this balance
  std::int64_t standing_charge = 0;      ///< a day
  std::array<TimeDebt, 2> debts{};
  std::int64_t per_payment_permyriad = 0;  ///< of each top-up, for the payment-based debt: 1000 is ten per cent
  std::int64_t payment_debt_cap = 0;       ///< most that payments recover in one cap period; 0: no cap
  std::chrono::seconds cap_period{604800};
  bool suspend_debt_disabled = false;   ///< time-based debts rest while supply is off for want of credit
  bool suspend_debt_emergency = false;  ///< standing charge and debts accumulate while emergency credit is in use
};

/// What rises and falls. The balance itself is among the meter's registers.
struct Account {
  bool emergency_active = false;
  std::int64_t emergency_left = 0;  ///< of the active emergency credit
  std::int64_t emergency_owed = 0;  ///< used and not paid back
  std::int64_t accumulated_debt = 0;
  std::array<std::int64_t, 2> time_debt{};
  std::int64_t payment_debt = 0;
  std::int64_t paid_in_period = 0;  ///< recovered by payments since `period_began`
  UtcTime period_began{};
  bool disabled = false;  ///< supply is off, or would be, for want of credit
  bool warned_low = false;
  bool offered_emergency = false;
  bool told_exhausted = false;
  bool told_kept_on = false;
  friend bool operator==(const Account&, const Account&) = default;
};

/// What the rules want told; alert codes in account.cpp.
enum class AccountEvent : std::uint8_t {
  LowCredit,
  EmergencyAvailable,
  EmergencyActivated,
  EmergencyExhausted,
  CreditBelowDisablement,
  DisablementSuspended,
  SupplyArmed,
  TimeDebt1Collected,
  TimeDebt2Collected,
  PaymentDebtCollected,
};
/// 810D low credit, 8F0F credit below disablement threshold, ...
std::uint16_t alert_of(AccountEvent event);

/// What settling asks of the load switch or valve.
enum class SupplyWish : std::uint8_t { AsItIs, Off, Armed };

/// How a top-up was divided.
struct TopUpParts {
  std::int64_t payment_debt = 0, accumulated_debt = 0, emergency = 0, balance = 0;
};

/// One account at work. `events` grows by what is to be told.
class AccountBook {
 public:
  AccountBook(const AccountRules& rules, Account& account, std::int64_t& balance, std::vector<AccountEvent>& events)
      : rules_(rules), account_(account), balance_(balance), events_(events) {}

  /// Emergency credit is what pays now: it is active and the balance is used up.
  bool in_emergency() const;
  std::int64_t standing_charge() const { return rules_.standing_charge; }
  /// Balance, and what is left of active emergency credit.
  std::int64_t available() const { return balance_ + (account_.emergency_active ? account_.emergency_left : 0); }

  /// Pays for consumption, in either mode.
  void consume(std::int64_t cost);
  /// At the end of an hour, and of a day: time-based debts of that period; a day's standing charge. Prepayment alone
  /// recovers debts.
  void end_of_hour();
  void end_of_day();

  TopUpParts top_up(std::int64_t value, UtcTime now);
  /// True when emergency credit is active afterwards, whether or not it was before.
  bool activate_emergency();
  void reset_emergency();

  /// After anything that moves credit: warnings, and whether supply goes off or may come back. `keep_on`: a
  /// non-disablement period is running. Credit mode asks nothing.
  SupplyWish settle(bool keep_on);

 private:
  enum class Charge : std::uint8_t { Consumption, Standing, Debt };
  void charge(Charge kind, std::int64_t amount);
  void recover(std::size_t which);
  void tell(AccountEvent event) { events_.push_back(event); }
  bool prepays() const { return rules_.mode == PaymentMode::Prepayment; }

  const AccountRules& rules_;
  Account& account_;
  std::int64_t& balance_;
  std::vector<AccountEvent>& events_;
};

}  // namespace meterway::field
