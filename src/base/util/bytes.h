#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace meterway {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// Appends `more` to `out`.
inline void append(Bytes& out, ByteView more) { out.insert(out.end(), more.begin(), more.end()); }

}  // namespace meterway
