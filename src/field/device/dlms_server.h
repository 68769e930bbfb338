#pragma once
#include <optional>

#include "field/device/context.h"

namespace meterway::field {

/// Result codes of an access response (DLMS data access and action results share these values).
namespace access {
inline constexpr std::uint8_t kSuccess = 0x00, kHardwareFault = 0x01, kReadWriteDenied = 0x03, kObjectUndefined = 0x04,
                              kTypeUnmatched = 0x0C, kOtherReason = 0xFA;
}

/// The rules behind the rows of spec/device_objects.tsv. Each returns a result code; `value` is what goes out
/// (get, action) or has come in (set, action: `argument`).
std::uint8_t get_object(const ObjectRow& row, CommandContext& context, gbcs::dlms::Data& value);
std::uint8_t set_object(const ObjectRow& row, CommandContext& context, const gbcs::dlms::Data& value);
std::uint8_t act_on_object(const ObjectRow& row, CommandContext& context, const gbcs::dlms::Data& argument,
                           gbcs::dlms::Data& value);

/// Logs (spec/device_logs.tsv): a part of one by its clock, plainly or under protection; and its emptying. Nothing when
/// the object is no log.
std::uint8_t get_selected(const gbcs::dlms::Specification& specification, CommandContext& context,
                          gbcs::dlms::Data& value);
std::optional<std::uint8_t> get_restricted(const ObjectKey& key, const gbcs::dlms::Data& restriction,
                                           CommandContext& context, gbcs::dlms::Data& value);
std::optional<std::uint8_t> clear_log(const ObjectKey& key, CommandContext& context);

}  // namespace meterway::field
