#pragma once
#include <span>
#include <string_view>

#include "base/util/result.h"

namespace meterway::registry {

/// The position of `text` among the names of an enumeration. Errors: BadValue.
template <class Enum, std::size_t Count>
Result<Enum> parse_name(std::string_view text, const std::string_view (&names)[Count], const char* field) {
  for (std::size_t i = 0; i < Count; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return fail(ErrorCode::BadValue, 0, field);
}

}  // namespace meterway::registry
