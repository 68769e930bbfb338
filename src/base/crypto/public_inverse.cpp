#include "base/crypto/public_inverse.h"

#include <bit>
#include <cassert>

namespace meterway::crypto {
namespace {

bool is_less(const Limbs& a, const Limbs& b) {
  for (std::size_t i = 4; i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}

void subtract(Limbs& a, const Limbs& b) {
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint64_t part = a[i] - b[i];
    const std::uint64_t left = part - borrow;
    borrow = static_cast<std::uint64_t>(a[i] < b[i]) | static_cast<std::uint64_t>(part < borrow);
    a[i] = left;
  }
}

void add(Limbs& a, const Limbs& b) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint64_t part = a[i] + b[i];
    a[i] = part + carry;
    carry = static_cast<std::uint64_t>(part < b[i]) | static_cast<std::uint64_t>(a[i] < part);
  }
}

void shift_left(Limbs& a, unsigned bits) {
  for (std::size_t i = 3; i > 0; --i) a[i] = a[i] << bits | a[i - 1] >> (64 - bits);
  a[0] <<= bits;
}

void shift_right(Limbs& a, unsigned bits) {
  for (std::size_t i = 0; i < 3; ++i) a[i] = a[i] >> bits | a[i + 1] << (64 - bits);
  a[3] >>= bits;
}

/// Halves `odd_to_be` until it is odd and doubles `other` as often; gives how often.
unsigned make_odd(Limbs& odd_to_be, Limbs& other) {
  unsigned total = 0;
  while ((odd_to_be[0] & 1) == 0) {
    // 63 at most: a shift by a whole limb is none that C++ knows.
    const auto zeros = static_cast<unsigned>(odd_to_be[0] == 0 ? 63 : std::countr_zero(odd_to_be[0]));
    shift_right(odd_to_be, zeros);
    shift_left(other, zeros);
    total += zeros;
  }
  return total;
}

}  // namespace

std::optional<AlmostInverse> almost_inverse(const Limbs& number, const Limbs& modulus) {
  assert((modulus[0] & 1) == 1);
  if (number == Limbs{} || !is_less(number, modulus)) return std::nullopt;
  // Modulo the modulus: number * r = -u 2^shift, number * s = v 2^shift. And modulus = u s + v r, so r and s never
  // outgrow it.
  Limbs u = modulus;
  Limbs v = number;
  Limbs r{};
  Limbs s{1};
  unsigned shift = make_odd(v, r);
  while (u != v) {
    if (is_less(v, u)) {
      subtract(u, v);
      add(r, s);
      shift += make_odd(u, s);
    } else {
      subtract(v, u);
      add(s, r);
      shift += make_odd(v, r);
    }
  }
  return AlmostInverse{s, shift};
}

Limbs to_limbs(ByteView bytes) {
  assert(bytes.size() == 32);
  Limbs out{};
  for (std::size_t i = 0; i < 32; ++i) out[3 - i / 8] = out[3 - i / 8] << 8 | bytes[i];
  return out;
}

std::array<std::uint8_t, 32> to_bytes(const Limbs& limbs) {
  std::array<std::uint8_t, 32> out{};
  for (std::size_t i = 0; i < 32; ++i) out[i] = static_cast<std::uint8_t>(limbs[3 - i / 8] >> (56 - 8 * (i % 8)));
  return out;
}

}  // namespace meterway::crypto
