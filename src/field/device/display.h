#pragma once
#include "field/device/local.h"
#include "standard/gbcs/message.h"

namespace meterway::field {

/// What a display and a gas meter that were joined (method C) say to each other: PCS01 and PCS02, protected with a MAC
/// of the two devices' own keys, each known to the other by the certificate that its join has brought.
///
/// Source: reference messages PCS01 and PCS02; GBCS device rules on joins by method C.
/// Wire:   PCS01  cluster 0705, command 04: originating device 02, 20 digits; answered by 03 { result, value i32,
///                originating device, balance i32 }
///         PCS02  cluster 0705, command 00: command time 0, originating device 02; answered by a default response
///         That the counter is the display's own originator counter, and rises, is ours.

/// Whom a device has joined with, with a certificate: null when it is not so.
const Joined* certified_partner(const DeviceState& state, Eui64 other);
Joined* certified_partner(DeviceState& state, Eui64 other);
/// The key in the certificate. Errors: those of a certificate.
Result<crypto::PublicKey> partner_key(const Joined& partner);

/// The display's command. Errors: Unsupported for supply, which has no message to a gas meter; CryptoFailure.
Result<Bytes> order_of_display(const LocalOrder& order, const Identity& self, DeviceState& state,
                               const Joined& gas_meter);

/// What the meter's answer says. Errors: BadMac; those of a message.
Result<LocalResult> read_gas_answer(ByteView response, const Identity& self, const Joined& gas_meter);

}  // namespace meterway::field
