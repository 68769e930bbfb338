#pragma once
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
                        const DeviceState& state, OriginatorCounter counter, UtcTime now);

}  // namespace meterway::field
