#include "field/device/prepayment.h"

#include "field/device/alert_routing.h"
#include "field/device/gas_account.h"
#include "field/device/gbz_model.h"
#include "field/device/logs.h"
#include "standard/gbcs/utrn.h"

namespace meterway::field {
namespace {

constexpr std::int64_t kThousandthsPerPenny = 1000;
constexpr std::chrono::hours kTokenKeeps{7 * 24};  // how old a token numbered by the clock may be when it is typed in
constexpr std::uint64_t kTruncated = 1024;         // numbers that ten bits tell apart

struct TokenLimits {
  std::int64_t one = 0, balance = 0;  ///< 10^-5 GBP
};

TokenLimits token_limits(DeviceType type, const DeviceState& state) {
  if (type == DeviceType::GSME) {
    constexpr std::uint16_t kPrepayment = 0x0705, kMostCredit = 0x0021, kMostTopUp = 0x0022;
    return {gas_number(state, kPrepayment, kMostTopUp), gas_number(state, kPrepayment, kMostCredit)};
  }
  const auto limit = [&](std::uint8_t place) {
    return stored_value(type, state, {9000, {0, 0, 94, 44, 2, place}, 2}).number;
  };
  return {limit(10), limit(20)};
}

struct TokenCheck {
  const TokenSlot& slot;
  const Cell& supplier;
  const gbcs::UtrnFields& fields;
  bool fits(OriginatorCounter counter) const {
    const gbcs::UtrnParties parties{supplier.holder, slot.self.eui, counter};
    return static_cast<bool>(gbcs::check_utrn(parties, fields, slot.self.agreement, supplier.key));
  }
};

/// The whole counter of a token that was typed in; none when no counter that the meter thinks of has this MAC.
std::optional<OriginatorCounter> counter_of(const TokenCheck& check) {
  const auto near = check.slot.state.tokens.reconstruct(check.fields.truncated_counter);
  if (check.fits(near)) return near;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(check.slot.now.time_since_epoch()).count();
  const auto keeps = std::chrono::seconds(kTokenKeeps).count();
  if (seconds < keeps) return std::nullopt;
  const auto latest = static_cast<std::uint64_t>(seconds) + kTruncated / 2;  // whose clock is right is not known
  const auto oldest = static_cast<std::uint64_t>(seconds - keeps);
  const auto behind = (latest - check.fields.truncated_counter) % kTruncated;
  for (auto number = latest - behind; number >= oldest; number -= kTruncated) {
    const OriginatorCounter counter{number << 32};
    if (counter != near && check.fits(counter)) return counter;
  }
  return std::nullopt;
}

void tell_refusal(TopUp verdict, TokenSlot& slot) {
  const std::uint16_t code = verdict == TopUp::Duplicate          ? 0x8F51
                             : verdict == TopUp::WrongMac         ? 0x8F63
                             : verdict == TopUp::OverLimit        ? 0x8F5B
                             : verdict == TopUp::OverBalanceLimit ? 0x8F47
                                                                  : 0;
  const auto* route = gbcs::find_alert_route(code, slot.self.type);
  if (route == nullptr) return;
  if (route->logged_only()) return record_event(slot.self.type, slot.state, slot.now, code);
  slot.alerts.push_back(routed(*route, slot.anchors));
}

TopUpResult judge_token(std::string_view digits, std::optional<OriginatorCounter> counter, const TokenSlot& slot) {
  const auto fields = gbcs::read_utrn(digits);
  if (!fields || fields->value_class > 1) return {TopUp::Malformed, 0};
  TopUpResult out{TopUp::Accepted, fields->pence() * kThousandthsPerPenny};
  const auto refused = [&](TopUp why) { return TopUpResult{why, out.value}; };
  const auto is_new = [&] { return slot.state.tokens.look(*counter) == TokenCache::Verdict::New; };
  if (counter && !is_new()) return refused(TopUp::Duplicate);
  const Cell* supplier = slot.anchors.find(PartyRole::Supplier, pki::KeyUse::PrepaymentKeyAgreement);
  if (supplier == nullptr) return refused(TopUp::WrongMac);
  const TokenCheck check{slot, *supplier, *fields};
  if (counter ? !check.fits(*counter) : !(counter = counter_of(check))) return refused(TopUp::WrongMac);
  if (!is_new()) return refused(TopUp::Duplicate);
  const auto limits = token_limits(slot.self.type, slot.state);
  if (out.value > limits.one) return refused(TopUp::OverLimit);
  if (slot.state.registers.balance + out.value > limits.balance) return refused(TopUp::OverBalanceLimit);
  slot.state.tokens.add(*counter);
  return out;
}

}  // namespace

std::string_view to_string(TopUp verdict) {
  switch (verdict) {
    case TopUp::Accepted:
      return "accepted";
    case TopUp::Malformed:
      return "not a token: 20 digits of which the last is the check digit";
    case TopUp::Duplicate:
      return "taken before, or too old";
    case TopUp::WrongMac:
      return "not authentic for this meter and its supplier";
    case TopUp::OverLimit:
      return "worth more than one top-up may be";
    case TopUp::OverBalanceLimit:
      return "the balance would be more than it may be";
  }
  return "";
}

TopUpResult take_token(std::string_view digits, std::optional<OriginatorCounter> counter, TokenSlot slot) {
  const auto result = judge_token(digits, counter, slot);
  if (result.verdict != TopUp::Accepted) {
    tell_refusal(result.verdict, slot);
  } else if (slot.self.type == DeviceType::ESME) {
    add_credit(slot.self.type, slot.state, result.value, slot.now, slot.told);
  } else if (result.value > 0) {
    add_gas_credit(slot.state, result.value, Bytes(digits.begin(), digits.end()), slot.now, slot.told);
  }
  return result;
}

}  // namespace meterway::field
