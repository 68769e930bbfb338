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

/// Comparison for short texts, without a call and nearly without a branch.
inline bool is_same_text(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const auto difference = [&](std::size_t at) {
    std::uint64_t one = 0, other = 0;
    std::memcpy(&one, a.data() + at, sizeof one);
    std::memcpy(&other, b.data() + at, sizeof other);
    return one ^ other;
  };
  if (size < 8) {
    std::size_t at = 0;
    while (at < size && a[at] == b[at]) ++at;
    return at == size;
  }
  auto all = difference(0) | difference(size - 8);
  if (size > 16) all |= difference(8) | difference(size - 16);
  for (std::size_t at = 16; at + 16 < size; at += 8) all |= difference(at);
  return all == 0;
}

}  // namespace meterway::duis::schema
