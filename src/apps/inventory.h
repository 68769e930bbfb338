#pragma once
#include <map>
#include <string_view>

#include "flow/transform/device_facts.h"
#include "records/registry/log_backup.h"
#include "standard/ids/ids.h"

namespace meterway::apps {

/// What the batch tools need to know of a device.
struct InventoryDevice {
  DeviceType type = DeviceType::Unknown;
  flow::transform::DeviceFacts facts{};  ///< of its variant and GBCS version
};

using Inventory = std::map<Eui64, InventoryDevice>;

/// Reads a tab-separated inventory: the first line names the columns, of which `eui` and `type` are needed; `variant`
/// (the ESMEVariant of DUIS: A, B, C, AD, ...) and `gbcs_version` (4.2) are read when there, others are not. A type
/// this program does not know counts as unknown. Errors: BadRequest without those columns, BadEui64; the offset is the
/// line, counted from 1.
Result<Inventory> read_inventory(std::string_view text);

/// Device logs by the hub or GPF that reported them: what a platform keeps of alerts 8F12 and 8071.
using LogBackups = std::map<Eui64, registry::LogBackup>;

/// Reads them from tab-separated lines under owner, network, device, link_key_hash, type, one an entry: network and
/// hash in hexadecimal for a hub's, the type of the entry as a number for a GPF's, "-" for what there is not. Errors:
/// as above.
Result<LogBackups> read_log_backups(std::string_view text);

}  // namespace meterway::apps
