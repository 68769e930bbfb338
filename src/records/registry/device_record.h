#pragma once
#include <string>
#include <string_view>

#include "records/registry/device.h"

/// A device as the store keeps it.
///
///   format:1 type:1 state:1 hub:1 (0 none, 1 itself, 2 another) [hub:8] details:3 (bit n: the nth of detail_names()),
///   for each of them a length and its text (digits alone: 80 + how many:1, two to a byte),
///   responsible:1, for each: role:1 dated:1 (1 from, 2 until) User:8 [from:8] [until:8]
namespace meterway::registry {

std::string write_device_record(const Device& device);
/// `eui` is the key. Errors: of wire::Reader; BadValue for what this version does not know.
Result<Device> read_device_record(Eui64 eui, std::string_view record);

}  // namespace meterway::registry
