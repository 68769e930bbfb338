#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace meterway::flow::transform {

/// The number that a text of a validated request means, in every form that xs:integer allows: "6", "+6", "06", "-0".
///
/// Errors:   nothing where the text is no such number or does not fit 64 bits.
std::optional<std::int64_t> read_integer(std::string_view text);

/// Whether two texts of a request mean the same: numbers by their value ("1" is "01"), all else by its letters.
bool same_value(std::string_view left, std::string_view right);

}  // namespace meterway::flow::transform
