#include "field/device/context.h"
#include "standard/gbcs/utrn.h"

namespace meterway::field {

TopUpResult take_token(std::string_view digits, CommandContext& context, std::int64_t max_per_top_up,
                       std::int64_t max_balance) {
  constexpr std::int64_t kThousandthsPerPenny = 1000;
  const auto fields = gbcs::read_utrn(digits);
  if (!fields || fields->value_class > 1) return {TopUp::Malformed, 0};
  const TopUpResult offered{TopUp::Accepted, fields->pence() * kThousandthsPerPenny};
  const auto refused = [&](TopUp why) { return TopUpResult{why, offered.value}; };

  // A command carries the whole counter, of which the token holds ten bits.
  const OriginatorCounter counter = context.command.counter;
  if (context.state.tokens.look(counter) != TokenCache::Verdict::New) return refused(TopUp::Duplicate);
  const Cell* supplier = context.anchors.find(PartyRole::Supplier, pki::KeyUse::PrepaymentKeyAgreement);
  if (supplier == nullptr) return refused(TopUp::WrongMac);
  const gbcs::UtrnParties parties{supplier->holder, context.self.eui, counter};
  if (!gbcs::check_utrn(parties, *fields, context.self.agreement, supplier->key)) return refused(TopUp::WrongMac);

  const Registers& r = context.state.registers;
  if (offered.value > max_per_top_up || r.balance + offered.value > max_balance) return refused(TopUp::OverLimit);
  context.state.tokens.add(counter);
  // A gas meter's account takes what its own command brings (gbz_credit.cpp).
  if (context.self.type == DeviceType::ESME)
    add_credit(context.self.type, context.state, offered.value, context.now, context.told);
  return offered;
}

}  // namespace meterway::field
