#pragma once
#include "field/device/context.h"

namespace meterway::field {

/// Rules of an ESME's settings that are more than "keep what was set"; each returns a result code of the access
/// response (dlms_server.h).

/// Source `reset`: method 1 of a register. Its value is again what it was when the meter was delivered.
std::uint8_t reset_register(const ObjectRow& row, CommandContext& context, const gbcs::dlms::Data& argument);

/// Source `reset_demand`: method 1 of a maximum demand register. No demand since now; the time of the reset is kept in
/// 0-0:94.44.5.0 (import), .1 (import in the configured period), .2 (export).
std::uint8_t reset_demand(const ObjectRow& row, CommandContext& context, const gbcs::dlms::Data& argument);

/// Source `behaviours`: 512 bits, of which the first half says which bits change and the second half what they become.
/// The 256 bits that result are read from the object four places on (97.98.11 is read as 97.98.15); the bit of event
/// xxNN stands at 255 - NN.
/// Source: reference messages ECS25a-b3, ECS25r1, ECS25r2.
std::uint8_t set_behaviours(const ObjectRow& row, CommandContext& context, const gbcs::dlms::Data& value);

/// Raises the maximum demands by every half-hour that ended in (from, to], all of it with the supply on.
/// Unit: watts, the average of the half-hour; the time of a maximum is the end of its half-hour.
/// Source: GBCS ECS18b, ECS37: the configured period is the time of day from script 1 to script 2 of 0-0:12.0.0.255.
void note_demand(const LoadProfile& profile, DeviceState& state, UtcTime from, UtcTime to);

/// The moments in (from, to] that a single action schedule names (class 22, attribute 4: time of day and date with
/// wildcards, each), in order.
std::vector<UtcTime> scheduled_moments(const DeviceState& state, const gbcs::dlms::Obis& schedule, UtcTime from,
                                       UtcTime to);
/// The moments in (from, to] at which the block counters begin anew (0-0:15.1.0.255, set by ECS48), in order. They take
/// effect between two half-hours, as consumption does.
std::vector<UtcTime> block_resets(const DeviceState& state, UtcTime from, UtcTime to);

}  // namespace meterway::field
