#pragma once
#include "field/device/context.h"

/// The device log of a communications hub: who may talk on its home area network.
///
/// Source:  device-side rules on the hub's whitelist. A repeated addition changes nothing and succeeds; every addition,
///          removal and change of a link key raises 8F12 with the whole log to the access control broker; a removed
///          entry moves to the historic log of 15.
namespace meterway::field {

inline constexpr std::size_t kHistoricLog = 15;

const LogEntry* find_entry(const std::vector<LogEntry>& log, Eui64 eui);

/// structure{ EUI-64, enum, install code, enum }. False when the argument has another shape.
bool log_add(const gbcs::dlms::Data& argument, CommandContext& context);
/// EUI-64. Removing what is not there succeeds and changes nothing.
bool log_remove(const gbcs::dlms::Data& argument, CommandContext& context);

/// structure{ extended PAN id, array of structure{ EUI-64, hash of the link key } }: the log of the hub that was here
/// before. The network is formed anew under that identifier, so that the devices find it with the keys that they have;
/// 8F12 tells of the log (ours: the rule speaks of every change). False when the argument has another shape; then
/// nothing changes.
bool log_restore(const gbcs::dlms::Data& argument, CommandContext& context);

/// array of structure: identifier, status, signal strength and quality, last contact, hops, failures, successes,
/// versions.
gbcs::dlms::Data log_status(const Identity& self, const DeviceState& state);
/// structure{ time, extended PAN id, array of structure{ identifier, hash of the link key } }.
gbcs::dlms::Data log_backup(const Identity& self, const DeviceState& state, const std::vector<LogEntry>& log,
                            UtcTime now);

/// What a device that is heard on the network is to the hub.
enum class Heard : std::uint8_t { Stranger, Known, Joined };
/// Stranger: not in the log, or its install code is another; it cannot talk. Joined: it talks for the first time and
/// has agreed a link key, with its install code or with the key that the historic log still holds: the log has changed.
Heard heard(const Identity& self, DeviceState& state, Eui64 device, ByteView install_code, UtcTime now);
/// 8F12 with the whole log.
AlertRequest log_changed(const Identity& self, const DeviceState& state, Eui64 broker, UtcTime now);

}  // namespace meterway::field
