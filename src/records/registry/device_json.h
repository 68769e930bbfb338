#pragma once
#include <string>
#include <string_view>

#include "records/registry/device.h"

/// A device as configuration files and the API write it: one JSON object. See docs/wire/api.md.
namespace meterway::registry {

/// The error names the member: "responsible[1].role: expected a role".
Result<Device, std::string> read_device(std::string_view json);
std::string to_json(const Device& device);

}  // namespace meterway::registry
