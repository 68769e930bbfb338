#include "base/wire/writer.h"

namespace meterway::wire {
namespace {

/// Octet `index` of a number, 0 the lowest; zero beyond the eight that it has.
std::uint8_t octet(std::uint64_t value, std::size_t index) {
  return index < 8 ? static_cast<std::uint8_t>(value >> (8 * index)) : 0;
}

}  // namespace

Writer& Writer::number(std::uint64_t value, std::size_t size) {
  const auto at = out_.size();
  out_.resize(at + size);
  for (std::size_t i = 0; i < size; ++i) out_[at + size - 1 - i] = octet(value, i);
  return *this;
}

Writer& Writer::number_le(std::uint64_t value, std::size_t size) {
  const auto at = out_.size();
  out_.resize(at + size);
  for (std::size_t i = 0; i < size; ++i) out_[at + i] = octet(value, i);
  return *this;
}

Writer& Writer::length(std::size_t size) {
  if (size < 0x80) return u8(size);
  std::size_t count = 1;
  while (count < 4 && size >> (8 * count) != 0) ++count;
  return u8(0x80 | count).number(size, count);
}

}  // namespace meterway::wire
