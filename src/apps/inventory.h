#pragma once
#include <map>
#include <string_view>

#include "flow/transform/device_facts.h"
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

}  // namespace meterway::apps
