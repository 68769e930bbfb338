#pragma once
#include "field/device/account.h"
#include "field/device/gas_tariff.h"
#include "field/device/meter_account.h"
#include "field/device/state.h"

namespace meterway::field {

/// The rules of a gas meter's account as GCS02 to GCS06 and the tariff have set them.
AccountRules gas_account_rules(const DeviceState& state, std::int64_t standing_charge);

/// True while a non-disablement period runs: the calendar of friendly credit says 1.
bool gas_kept_on(const DeviceState& state, UtcTime now);

/// Supply goes off for want of credit, or is armed when there is credit again.
void settle_gas(const AccountRules& rules, DeviceState& state, UtcTime now, std::vector<Told>& told);
/// A top-up in the order of the account's rules; it goes to the logs with its token, and so does what it paid of the
/// payment-based debt.
void add_gas_credit(DeviceState& state, std::int64_t value, const Bytes& token, UtcTime now, std::vector<Told>& told);
/// True when emergency credit is active afterwards, whether or not it was before.
bool select_gas_emergency(DeviceState& state, UtcTime now, std::vector<Told>& told);

}  // namespace meterway::field
