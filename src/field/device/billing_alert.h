#pragma once
#include <optional>

#include "field/device/context.h"

namespace meterway::field {

/// What alert 8F0A carries: the latest entry of the billing data log, encrypted for its addressee; nothing older.
///
/// Source: reference messages of 0061 and 008B.
/// Wire:   ESME  compact array of one { time, import, 48 time of use, 4 x 8 blocks }, seconds since 2000 and Wh, in a
///               structure, behind the protection parameters;
///         GSME  one Publish Snapshot: import, 4 tiers, 4 blocks of the first tier, thousandths of a cubic metre.
/// Errors: CryptoFailure.
Status add_billing_data(AlertRequest& alert, const Identity& self, const crypto::PublicKey& reader,
                        const Registers& registers, OriginatorCounter counter, UtcTime now);

inline constexpr std::uint16_t kBillingDataLogUpdated = 0x8F0A;

/// Tells that a billing period has ended, with the registers as they stand; nothing while the meter has the calendar
/// that it was delivered with (ours: a User who wants bills sets one by 6.8).
void tell_billing(DeviceType type, const DeviceState& state, UtcTime at, std::vector<Told>* told);
/// When the next period ends by the calendar that was set; at the latest 40 days on, where none of that ends before.
/// None where no calendar was set.
std::optional<UtcTime> next_billing(DeviceType type, const DeviceState& state);

}  // namespace meterway::field
