#pragma once
#include <array>

#include "base/util/bytes.h"

namespace meterway::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 of the concatenation of the parts.
Sha256Digest sha256(std::initializer_list<ByteView> parts);
inline Sha256Digest sha256(ByteView bytes) { return sha256({bytes}); }
/// SHA-1, only for the key identifiers of RFC 5280.
std::array<std::uint8_t, 20> sha1(ByteView bytes);
/// Compares in constant time.
bool equal_constant_time(ByteView a, ByteView b);

}  // namespace meterway::crypto
