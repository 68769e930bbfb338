#pragma once
#include <memory>

#include "field/device/account.h"
#include "field/device/model.h"
#include "field/device/state.h"

namespace meterway::field {

/// What a meter noticed as time passed or credit moved, and when. device.cpp makes alerts of it.
struct Told {
  UtcTime at{};
  std::uint16_t alert = 0;
  std::shared_ptr<const Registers> billed = nullptr;  ///< of 8F0A: what stood there then
};

void tell(const std::vector<AccountEvent>& events, UtcTime now, std::vector<Told>& told);

/// The rules as the commands of an ESME have set them; of another device those of credit mode without any charge.
AccountRules account_rules(DeviceType type, const DeviceState& state);

/// An ESME in prepayment mode.
bool prepays(const DeviceState& state);

/// True while a non-disablement period of the ESME's calendar runs: the last switch of the last days, by the day's
/// schedule entries, was a start (script 32) and not a stop (33). On a special day the entries that name it count alone
/// (ours).
bool kept_on(const DeviceState& state, UtcTime now);

/// What an account that was settled asks of the load switch or valve; of either fuel.
void obey(SupplyWish wish, DeviceState& state);
/// After a command that may have moved credit or rules.
void settle_account(DeviceType type, DeviceState& state, UtcTime now, std::vector<Told>& told);
/// A top-up in the order of the account's rules; it and what it paid of the payment-based debt go to the logs.
TopUpParts add_credit(DeviceType type, DeviceState& state, std::int64_t value, UtcTime now, std::vector<Told>& told);
/// True when emergency credit is active afterwards.
bool activate_emergency_credit(DeviceType type, DeviceState& state, UtcTime now, std::vector<Told>& told);

}  // namespace meterway::field
