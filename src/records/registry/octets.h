#pragma once
#include <string>
#include <string_view>

#include "base/util/bytes.h"
#include "base/wire/writer.h"

/// Keys and values of the store are strings; records are written and read as bytes.
namespace meterway::registry {

inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string string_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
inline std::string string_of(const wire::Writer& writer) { return string_of(ByteView(writer.view())); }

}  // namespace meterway::registry
