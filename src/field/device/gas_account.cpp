#include "field/device/gas_account.h"

#include "field/device/gas_logs.h"
#include "field/device/gbz_rules.h"
#include "field/device/meter_account.h"

namespace meterway::field {
namespace {

constexpr std::uint16_t kPrepaymentCluster = 0x0705;

std::int64_t credit_number(const DeviceState& state, std::uint16_t attribute) {
  return gas_number(state, kPrepaymentCluster, attribute);
}

}  // namespace

AccountRules gas_account_rules(const DeviceState& state, std::int64_t standing_charge) {
  // Payment control: 0C94 credit; 0497, 0097, 0C97, 0897 prepayment, with debts resting while supply is off for want of
  // credit (0400) and while emergency credit is in use (no 0800), as the requests' two flags choose among them.
  constexpr std::int64_t kPrepays = 0x0003, kRestDisabled = 0x0400, kPayInEmergency = 0x0800;
  const auto control = credit_number(state, 0x0000);
  AccountRules rules;
  rules.standing_charge = standing_charge;
  if ((control & kPrepays) != kPrepays) return rules;
  rules.mode = PaymentMode::Prepayment;
  rules.suspend_debt_disabled = (control & kRestDisabled) != 0;
  rules.suspend_debt_emergency = (control & kPayInEmergency) == 0;
  rules.disablement_threshold = credit_number(state, 0x0040);
  rules.low_credit_threshold = credit_number(state, 0x0031);
  rules.emergency_limit = credit_number(state, 0x0010);
  rules.emergency_threshold = credit_number(state, 0x0011);
  const auto period = [&](std::uint16_t attribute) {
    return credit_number(state, attribute) == 0 ? std::chrono::seconds(3600) : std::chrono::seconds(86400);
  };
  rules.debts[0] = {credit_number(state, 0x0217), period(0x0216)};
  rules.debts[1] = {credit_number(state, 0x0227), period(0x0226)};
  rules.per_payment_permyriad = credit_number(state, 0x0239);
  rules.payment_debt_cap = credit_number(state, 0x0006);
  return rules;
}

bool gas_kept_on(const DeviceState& state, UtcTime now) {
  const Tariff calendar = read_gas_calendar(state, GasCalendar::NonDisablement);
  return !calendar.days.empty() && calendar.selector_at(now) == 1;
}

void settle_gas(const AccountRules& rules, DeviceState& state, UtcTime now, std::vector<Told>& told) {
  if (rules.mode != PaymentMode::Prepayment && !state.account.disabled) return;  // as most meters: nothing to settle
  std::vector<AccountEvent> events;
  AccountBook book(rules, state.account, state.registers.balance, events);
  const bool spent = rules.mode == PaymentMode::Prepayment && book.available() <= rules.disablement_threshold;
  obey(book.settle(spent && gas_kept_on(state, now)), state);
  tell(events, now, told);
}

void add_gas_credit(DeviceState& state, std::int64_t value, const Bytes& token, UtcTime now, std::vector<Told>& told) {
  const AccountRules rules = gas_account_rules(state, 0);
  std::vector<AccountEvent> events;
  const auto parts = AccountBook(rules, state.account, state.registers.balance, events).top_up(value, now);
  keep_gas_top_up(state, {now, value, token});
  if (parts.payment_debt > 0) keep_gas_debt_payment(state, {now, parts.payment_debt, state.account.payment_debt});
  tell(events, now, told);
  settle_gas(rules, state, now, told);
}

bool select_gas_emergency(DeviceState& state, UtcTime now, std::vector<Told>& told) {
  const AccountRules rules = gas_account_rules(state, 0);
  std::vector<AccountEvent> events;
  const bool active = AccountBook(rules, state.account, state.registers.balance, events).activate_emergency();
  tell(events, now, told);
  settle_gas(rules, state, now, told);
  return active;
}

}  // namespace meterway::field
