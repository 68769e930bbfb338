#include "base/wire/reader.h"

namespace meterway::wire {

void Reader::fail_at(ErrorCode code, std::size_t offset, const char* field) {
  if (failed_) return;
  failed_ = true;
  error_ = Error{code, static_cast<std::uint32_t>(offset), field};
}

ByteView Reader::take(std::size_t size, const char* field) {
  if (failed_) return {};
  if (size > bytes_.size() - at_) {
    fail_at(ErrorCode::Truncated, base_ + bytes_.size(), field);
    return {};
  }
  const auto view = bytes_.subspan(at_, size);
  at_ += size;
  return view;
}

std::uint64_t Reader::number(std::size_t size, const char* field) {
  std::uint64_t value = 0;
  for (const auto byte : take(size, field)) value = value << 8 | byte;
  return value;
}

std::uint64_t Reader::number_le(std::size_t size, const char* field) {
  std::uint64_t value = 0;
  int shift = 0;
  for (const auto byte : take(size, field)) {
    value |= static_cast<std::uint64_t>(byte) << shift;
    shift += 8;
  }
  return value;
}

Reader& Reader::expect(std::initializer_list<std::uint8_t> fixed, const char* field) {
  for (const auto want : fixed) {
    const auto start = offset();
    if (u8(field) != want) fail_at(ErrorCode::BadTag, start, field);
  }
  return *this;
}

std::size_t Reader::length(const char* field) {
  const auto start = offset();
  const std::uint8_t first = u8(field);
  if (first < 0x80) return first;
  const std::size_t count = first & 0x7F;
  if (count == 0 || count > 4) {
    fail_at(ErrorCode::BadLength, start, field);
    return 0;
  }
  const auto value = static_cast<std::size_t>(number(count, field));
  if (ok() && (value < 0x80 || value >> (8 * (count - 1)) == 0)) fail_at(ErrorCode::BadLength, start, field);
  return ok() ? value : 0;
}

Status Reader::finish(const char* field) {
  if (!failed_ && at_ != bytes_.size()) fail(ErrorCode::TrailingBytes, field);
  if (failed_) return Unexpected{error_};
  return {};
}

}  // namespace meterway::wire
