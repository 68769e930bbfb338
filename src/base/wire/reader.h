#pragma once
#include <cstdint>
#include <initializer_list>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway::wire {

/// Consumes bytes from the front. It keeps its first error with the offset and gives zero values after it, so that
/// decoding reads down the page like the layout it implements and is checked once, at the end:
///
///     Reader in(bytes);
///     const auto counter = in.u64("originator counter");
///     const auto originator = in.expect({0x08}, "length").take(8, "originator");
///     if (auto done = in.finish(); !done) return Unexpected{done.error()};
///
/// Numbers are big-endian; the *_le forms are little-endian (ZigBee).
class Reader {
 public:
  explicit Reader(ByteView bytes, std::size_t base_offset = 0) : bytes_(bytes), base_(base_offset) {}

  std::size_t offset() const { return base_ + at_; }
  std::size_t left() const { return failed_ ? 0 : bytes_.size() - at_; }
  bool empty() const { return left() == 0; }
  bool ok() const { return !failed_; }
  const Error& error() const { return error_; }

  std::uint8_t u8(const char* field) { return static_cast<std::uint8_t>(number(1, field)); }
  std::uint16_t u16(const char* field) { return static_cast<std::uint16_t>(number(2, field)); }
  std::uint32_t u24(const char* field) { return static_cast<std::uint32_t>(number(3, field)); }
  std::uint32_t u32(const char* field) { return static_cast<std::uint32_t>(number(4, field)); }
  std::uint64_t u64(const char* field) { return number(8, field); }
  std::uint16_t u16_le(const char* field) { return static_cast<std::uint16_t>(number_le(2, field)); }
  std::uint32_t u24_le(const char* field) { return static_cast<std::uint32_t>(number_le(3, field)); }
  std::uint32_t u32_le(const char* field) { return static_cast<std::uint32_t>(number_le(4, field)); }
  std::uint64_t u48_le(const char* field) { return number_le(6, field); }
  /// A number of `size` (1..8) bytes.
  std::uint64_t number(std::size_t size, const char* field);
  std::uint64_t number_le(std::size_t size, const char* field);

  /// The next byte without consuming it; 0 at the end.
  std::uint8_t peek(std::size_t ahead = 0) const { return left() > ahead ? bytes_[at_ + ahead] : 0; }
  /// The next `size` bytes, as a view into the input.
  ByteView take(std::size_t size, const char* field);
  ByteView rest() { return take(left(), "rest"); }
  /// Fails with BadTag unless exactly these bytes come next.
  Reader& expect(std::initializer_list<std::uint8_t> fixed, const char* field);

  /// A BER/A-XDR definite length: 00..7F, or 80+n and n bytes (n 1..4), in its shortest form.
  /// Errors: BadLength for the indefinite, an over-long or a non-minimal form.
  std::size_t length(const char* field);
  /// A length and that many bytes.
  ByteView prefixed(const char* field) { return take(length(field), field); }

  /// Records an error at the current offset (the first one stays).
  void fail(ErrorCode code, const char* field) { fail_at(code, offset(), field); }
  void fail_at(ErrorCode code, std::size_t offset, const char* field);
  /// Success when nothing failed and nothing is left; TrailingBytes otherwise.
  Status finish(const char* field = "end");

 private:
  ByteView bytes_;
  std::size_t base_;
  std::size_t at_ = 0;
  bool failed_ = false;
  Error error_{ErrorCode::Truncated};
};

}  // namespace meterway::wire
