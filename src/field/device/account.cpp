#include "field/device/account.h"

#include <algorithm>

namespace meterway::field {

std::uint16_t alert_of(AccountEvent event) {
  switch (event) {
    case AccountEvent::LowCredit:
      return 0x810D;
    case AccountEvent::EmergencyAvailable:
      return 0x8119;
    case AccountEvent::EmergencyActivated:
      return 0x81AB;
    case AccountEvent::EmergencyExhausted:
      return 0x81AA;
    case AccountEvent::CreditBelowDisablement:
      return 0x8F0F;
    case AccountEvent::DisablementSuspended:
      return 0x8F83;
    case AccountEvent::SupplyArmed:
      return 0x8F32;
    case AccountEvent::TimeDebt1Collected:
      return 0x81A7;
    case AccountEvent::TimeDebt2Collected:
      return 0x81A8;
    case AccountEvent::PaymentDebtCollected:
      return 0x81A9;
  }
  return 0;
}

// Ours: the balance counts as used up at the disablement threshold, from where emergency credit pays.
bool AccountBook::in_emergency() const {
  return prepays() && account_.emergency_active && balance_ <= rules_.disablement_threshold;
}

void AccountBook::charge(Charge kind, std::int64_t amount) {
  if (amount <= 0) return;
  if (!prepays() || !account_.emergency_active) {
    balance_ -= amount;
    return;
  }
  // What the balance still holds pays first, whatever the charge is for.
  const auto from_balance = std::clamp<std::int64_t>(balance_ - rules_.disablement_threshold, 0, amount);
  balance_ -= from_balance;
  auto rest = amount - from_balance;
  if (rest > 0 && kind != Charge::Consumption && rules_.suspend_debt_emergency) {
    account_.accumulated_debt += rest;
    return;
  }
  const auto from_emergency = std::min(rest, account_.emergency_left);
  account_.emergency_left -= from_emergency;
  account_.emergency_owed += from_emergency;
  balance_ -= rest - from_emergency;
}

void AccountBook::consume(std::int64_t cost) { charge(Charge::Consumption, cost); }

void AccountBook::recover(std::size_t which) {
  auto& debt = account_.time_debt[which];
  if (debt <= 0 || (account_.disabled && rules_.suspend_debt_disabled)) return;
  const auto part = std::min(debt, rules_.debts[which].rate);
  if (part <= 0) return;
  debt -= part;
  charge(Charge::Debt, part);
  if (debt == 0) tell(which == 0 ? AccountEvent::TimeDebt1Collected : AccountEvent::TimeDebt2Collected);
}

void AccountBook::end_of_hour() {
  if (!prepays()) return;
  for (std::size_t i = 0; i < rules_.debts.size(); ++i) {
    if (rules_.debts[i].period == std::chrono::hours(1)) recover(i);
  }
}

void AccountBook::end_of_day() {
  charge(Charge::Standing, rules_.standing_charge);
  if (!prepays()) return;
  for (std::size_t i = 0; i < rules_.debts.size(); ++i) {
    if (rules_.debts[i].period != std::chrono::hours(1)) recover(i);
  }
}

// Ours: payment-based debt, then accumulated debt, then emergency credit that was used, then the balance. In credit
// mode all of it goes to the balance.
TopUpParts AccountBook::top_up(std::int64_t value, UtcTime now) {
  TopUpParts parts;
  auto left = value;
  const auto pay = [&left](std::int64_t& debt, std::int64_t most) {
    const auto part = std::max<std::int64_t>(std::min({left, debt, most}), 0);
    left -= part;
    debt -= part;
    return part;
  };
  if (prepays()) {
    // Ours: a cap period begins with the first payment in it.
    if (now - account_.period_began >= rules_.cap_period) {
      account_.period_began = now;
      account_.paid_in_period = 0;
    }
    auto most = value * rules_.per_payment_permyriad / 10'000;
    if (rules_.payment_debt_cap > 0) most = std::min(most, rules_.payment_debt_cap - account_.paid_in_period);
    const bool owed = account_.payment_debt > 0;
    parts.payment_debt = pay(account_.payment_debt, most);
    account_.paid_in_period += parts.payment_debt;
    if (owed && account_.payment_debt == 0) tell(AccountEvent::PaymentDebtCollected);
    parts.accumulated_debt = pay(account_.accumulated_debt, left);
    parts.emergency = pay(account_.emergency_owed, left);
    account_.emergency_left += account_.emergency_active ? parts.emergency : 0;
  }
  parts.balance = left;
  balance_ += left;
  // Paid back, and the balance stands on its own: the emergency is over.
  if (account_.emergency_active && account_.emergency_owed == 0 && balance_ > rules_.emergency_threshold)
    reset_emergency();
  return parts;
}

bool AccountBook::activate_emergency() {
  if (!prepays()) return false;
  if (account_.emergency_active) return true;
  // Ours: not before it is offered, and not again while what was used is owed.
  if (rules_.emergency_limit <= 0 || balance_ > rules_.emergency_threshold || account_.emergency_owed > 0) return false;
  account_.emergency_active = true;
  account_.emergency_left = rules_.emergency_limit;
  account_.told_exhausted = false;
  tell(AccountEvent::EmergencyActivated);
  return true;
}

void AccountBook::reset_emergency() {
  account_.emergency_active = account_.offered_emergency = account_.told_exhausted = false;
  account_.emergency_left = account_.emergency_owed = 0;
}

SupplyWish AccountBook::settle(bool keep_on) {
  if (!prepays()) {
    // Ours: who is changed to credit while off for want of credit may switch on again.
    const bool was_disabled = account_.disabled;
    account_.disabled = account_.warned_low = account_.told_kept_on = false;
    return was_disabled ? SupplyWish::Armed : SupplyWish::AsItIs;
  }
  const auto once = [this](bool is_so, bool& told, AccountEvent event) {
    if (is_so && !told) tell(event);
    told = is_so;
  };
  once(available() < rules_.low_credit_threshold, account_.warned_low, AccountEvent::LowCredit);
  if (rules_.emergency_limit > 0 && !account_.emergency_active && account_.emergency_owed == 0)
    once(balance_ <= rules_.emergency_threshold, account_.offered_emergency, AccountEvent::EmergencyAvailable);
  once(account_.emergency_active && account_.emergency_left == 0, account_.told_exhausted,
       AccountEvent::EmergencyExhausted);
  const bool spent = available() <= rules_.disablement_threshold;
  if (spent && keep_on && !account_.disabled) {
    once(true, account_.told_kept_on, AccountEvent::DisablementSuspended);
    return SupplyWish::AsItIs;
  }
  account_.told_kept_on = false;
  if (spent && !account_.disabled) {
    account_.disabled = true;
    tell(AccountEvent::CreditBelowDisablement);
    return SupplyWish::Off;
  }
  if (!spent && account_.disabled) {
    account_.disabled = false;
    tell(AccountEvent::SupplyArmed);
    return SupplyWish::Armed;
  }
  return SupplyWish::AsItIs;
}

}  // namespace meterway::field
