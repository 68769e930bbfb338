#pragma once
#include <string>
#include <string_view>

#include "base/util/bytes.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"

/// Keys and values of the store are strings; records are written and read as bytes.
namespace meterway::registry {

inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string string_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
inline std::string string_of(const wire::Writer& writer) { return string_of(ByteView(writer.view())); }

/// One octet, BadValue beyond the last of its names.
template <class Enum>
Enum read_enum(wire::Reader& in, Enum last, const char* field) {
  const auto value = in.u8(field);
  if (value > static_cast<std::uint8_t>(last)) in.fail(ErrorCode::BadValue, field);
  return static_cast<Enum>(value);
}

}  // namespace meterway::registry
