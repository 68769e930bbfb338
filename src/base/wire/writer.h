#pragma once
#include <cstdint>
#include <initializer_list>

#include "base/util/bytes.h"

namespace meterway::wire {

/// Appends to a growing buffer; the mirror of Reader. Numbers are big-endian, *_le little-endian.
class Writer {
 public:
  Writer& u8(std::uint64_t value) { return number(value, 1); }
  Writer& u16(std::uint64_t value) { return number(value, 2); }
  Writer& u24(std::uint64_t value) { return number(value, 3); }
  Writer& u32(std::uint64_t value) { return number(value, 4); }
  Writer& u64(std::uint64_t value) { return number(value, 8); }
  Writer& u16_le(std::uint64_t value) { return number_le(value, 2); }
  Writer& u24_le(std::uint64_t value) { return number_le(value, 3); }
  Writer& u32_le(std::uint64_t value) { return number_le(value, 4); }
  Writer& u48_le(std::uint64_t value) { return number_le(value, 6); }
  Writer& number(std::uint64_t value, std::size_t size);
  Writer& number_le(std::uint64_t value, std::size_t size);
  Writer& bytes(ByteView view) {
    append(out_, view);
    return *this;
  }
  Writer& bytes(std::initializer_list<std::uint8_t> list) {
    out_.insert(out_.end(), list);
    return *this;
  }
  /// The shortest BER/A-XDR definite length.
  Writer& length(std::size_t size);
  /// A length and the bytes.
  Writer& prefixed(ByteView view) { return length(view.size()).bytes(view); }

  std::size_t size() const { return out_.size(); }
  const Bytes& view() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

}  // namespace meterway::wire
