#include <algorithm>

#include "base/wire/writer.h"
#include "field/device/gas_account.h"
#include "field/device/gas_logs.h"
#include "field/device/gbz_rules.h"
#include "field/device/local.h"
#include "field/device/prepayment.h"

/// The money of a gas meter: tokens, adjustments, payment mode.
namespace meterway::field {
namespace {

constexpr MessageCode kTopUpByDisplay{0x009B};
constexpr std::uint16_t kPrepayment = 0x0705;
constexpr std::uint16_t kEmergencyLimit = 0x0010, kEmergencyThreshold = 0x0011, kCutOff = 0x0040, kFrequency = 0x0216,
                        kRecovery = 0x0217, kPerPayment = 0x0239;

std::uint64_t unsigned_number(const DeviceState& state, std::uint16_t attribute) {
  return static_cast<std::uint64_t>(gas_number(state, kPrepayment, attribute));
}

/// After credit or rules have changed: supply follows.
void settle(const GbzCall& call) { settle_gas(gas_account_rules(call.state, 0), call.state, call.now, call.told); }

GbzAnswers top_up(const GbzCall& call) {
  const Bytes digits = call.text("utrn");
  CommandContext& context = *call.context;
  // A supplier's command carries the whole counter of its token; a display's has one of its own.
  std::optional<OriginatorCounter> counter;
  if (context.command.code != kTopUpByDisplay) counter = context.command.counter;
  const auto result = take_token({reinterpret_cast<const char*>(digits.data()), digits.size()}, counter,
                                 {context.self, context.anchors, call.state, call.now, call.told, context.alerts});
  if (!counter && result.verdict == TopUp::Accepted)
    tell_of_local_credit(context.self, context.anchors, context.alerts);
  // ZigBee result codes of a top-up: 0 accepted, 1 rejected (invalid), 2 rejected (duplicate), 4 rejected (cap
  // reached).
  const std::uint8_t code = result.verdict == TopUp::Accepted                                                 ? 0
                            : result.verdict == TopUp::Duplicate                                              ? 2
                            : result.verdict == TopUp::OverLimit || result.verdict == TopUp::OverBalanceLimit ? 4
                                                                                                              : 1;
  const std::int64_t value = result.verdict == TopUp::Accepted ? result.value : 0;
  return gbz_answer(call, wire::Writer()
                              .u8(code)
                              .u32_le(static_cast<std::uint32_t>(value))
                              .u8(static_cast<std::uint64_t>(call.number("originating_device")))
                              .u32_le(static_cast<std::uint32_t>(call.state.registers.balance))
                              .take());
}

/// Success when emergency credit is in use afterwards, whether or not it was before.
GbzAnswers select_emergency(const GbzCall& call) {
  const bool active = select_gas_emergency(call.state, call.now, call.told);
  return gbz_status(call, active ? GbzStatus::Success : GbzStatus::Failure);
}

/// The field is one of the types 0 to `last`.
bool of_known_type(const std::vector<gbcs::zcl::Field>& fields, std::string_view name, std::int64_t last) {
  const auto* type = gbcs::zcl::find(fields, name);
  return type != nullptr && type->number >= 0 && type->number <= last;
}
bool known_debt(const std::vector<gbcs::zcl::Field>& fields) { return of_known_type(fields, "amount_type", 5); }
bool known_adjustment(const std::vector<gbcs::zcl::Field>& fields) {
  return of_known_type(fields, "adjustment_type", 3);
}

/// Amount types of ZigBee: debts 1 to 3 are 0, 2 and 4 when the amount takes the place of the debt, 1, 3 and 5 when it
/// is added. 1 and 2 are recovered by time, 3 by a part of each payment.
GbzAnswers change_debt(const GbzCall& call) {
  const auto type = call.number("amount_type");
  Account& account = call.state.account;
  std::int64_t* const debts[] = {&account.time_debt[0], &account.time_debt[1], &account.payment_debt};
  std::int64_t& debt = *debts[type / 2];
  debt = std::max<std::int64_t>((type % 2 == 1 ? debt : 0) + call.number("amount"), 0);
  if (type / 2 == 2) {
    keep_number(call.state, kPrepayment, kPerPayment, call.number("recovery_percentage"));
  } else {
    const auto attribute = [&](int first) { return static_cast<std::uint16_t>(first + 0x10 * (type / 2)); };
    keep_number(call.state, kPrepayment, attribute(kFrequency), call.number("frequency"));
    keep_number(call.state, kPrepayment, attribute(kRecovery), call.number("recovery_amount"));
  }
  return gbz_status(call, GbzStatus::Success);
}

/// Type 0: add to the prepayment balance; 1: reset it; 2: reset the bill to date; 3: take off the bill to date.
GbzAnswers adjust_credit(const GbzCall& call) {
  Registers& r = call.state.registers;
  const auto value = call.number("value");
  switch (call.number("adjustment_type")) {
    case 0:
      r.balance += value;
      break;
    case 1:
      r.balance = 0;
      break;
    case 2:
      r.bill_to_date = 0;
      break;
    default:
      r.bill_to_date -= value;
  }
  settle(call);
  return gbz_status(call, GbzStatus::Success);
}

/// What goes with a payment mode: friendly credit is on, its calendar, and what emergency credit is set to.
GbzAnswers payment_mode_response(const GbzCall& call) {
  constexpr std::uint32_t kFriendlyCreditCalendar = 2;  // as the reference meter numbers it; GBCS gives it no meaning
  return gbz_answer(call, wire::Writer()
                              .u8(1)
                              .u32_le(kFriendlyCreditCalendar)
                              .u32_le(unsigned_number(call.state, kEmergencyLimit))
                              .u32_le(unsigned_number(call.state, kEmergencyThreshold))
                              .take());
}

GbzAnswers payment_mode(const GbzCall& call) {
  constexpr std::int64_t kPrepays = 0x0003;  // of the control: prepayment bits, as 0C94 (credit) and 0x97 differ
  keep_gas_snapshot(call.state, gas_snapshot(call.state, kGasModeChange, call.now));
  keep_fields(call);
  // Credit mode has no threshold: -1 stands in its place.
  if ((call.number("control") & kPrepays) == kPrepays)
    keep_number(call.state, kPrepayment, kCutOff, call.number("cut_off_value"));
  settle(call);
  return payment_mode_response(call);
}

constexpr GbzRuleRow kCreditRules[] = {
    {"top_up", top_up},
    {"select_emergency", select_emergency},
    {"change_debt", change_debt, nullptr, known_debt},
    {"adjust_credit", adjust_credit, nullptr, known_adjustment},
    {"payment_mode", payment_mode, payment_mode_response},
};

}  // namespace

std::span<const GbzRuleRow> gbz_credit_rules() { return kCreditRules; }

}  // namespace meterway::field
