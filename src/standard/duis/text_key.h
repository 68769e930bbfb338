#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace meterway::duis::schema {

/// A number for a short text, from its length and its first and last eight characters: texts with different keys
/// differ, so that of many candidates nearly always one is left to be compared. It says nothing of their order, and is
/// not for texts that somebody chooses so that they collide: compare afterwards.
inline std::uint64_t text_key(std::string_view text) {
  const auto load = [](const char* at, std::size_t size) {
    std::uint64_t out = 0;
    std::memcpy(&out, at, size);
    return out;
  };
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15u;
  const std::size_t size = text.size();
  const char* const at = text.data();
  std::uint64_t first = size, last = 0;
  if (size >= 8) {
    first = load(at, 8), last = load(at + size - 8, 8);
  } else if (size >= 4) {
    first = load(at, 4), last = load(at + size - 4, 4);
  } else if (size > 0) {
    first = load(at, 1) | load(at + size / 2, 1) << 8, last = load(at + size - 1, 1);
  }
  return (first * kOdd) ^ std::rotl(last * kOdd, 29) ^ size << 56;
}

/// Comparison for short texts, eight characters at a time and without a call.
inline bool is_same_text(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const auto differ = [](const char* x, const char* y, std::size_t count) {
    std::uint64_t one = 0, other = 0;
    std::memcpy(&one, x, count);
    std::memcpy(&other, y, count);
    return one != other;
  };
  if (size < 8) {
    for (std::size_t i = 0; i < size; ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  }
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    if (differ(a.data() + at, b.data() + at, 8)) return false;
  }
  return !differ(a.data() + size - 8, b.data() + size - 8, 8);
}

}  // namespace meterway::duis::schema
