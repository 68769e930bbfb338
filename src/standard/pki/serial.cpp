#include "standard/pki/serial.h"

#include <algorithm>
#include <cctype>

namespace meterway::pki {
namespace {

int digit_value(char c, int base) {
  int value = -1;
  if (c >= '0' && c <= '9') value = c - '0';
  if (c >= 'a' && c <= 'f') value = c - 'a' + 10;
  if (c >= 'A' && c <= 'F') value = c - 'A' + 10;
  return value < base ? value : -1;
}

/// value * base + digit; false when it leaves the 20 bytes.
bool push(std::array<std::uint8_t, SmkiSerial::kMaxBytes>& value, unsigned base, unsigned digit) {
  unsigned carry = digit;
  for (auto byte = value.rbegin(); byte != value.rend(); ++byte) {
    carry += *byte * base;
    *byte = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  return carry == 0;
}

Result<SmkiSerial> from_text(std::string_view text, int base) {
  if (text.empty()) return fail(ErrorCode::BadNumber, 0, "serial number");
  std::array<std::uint8_t, SmkiSerial::kMaxBytes> value{};
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int digit = digit_value(text[at], base);
    if (digit < 0) return fail(ErrorCode::BadNumber, at, "serial number");
    if (!push(value, static_cast<unsigned>(base), static_cast<unsigned>(digit)))
      return fail(ErrorCode::OutOfRange, at, "serial number");
  }
  return SmkiSerial::from_bytes(value);
}

}  // namespace

Result<SmkiSerial> SmkiSerial::from_bytes(ByteView magnitude) {
  const auto first = std::find_if(magnitude.begin(), magnitude.end(), [](std::uint8_t byte) { return byte != 0; });
  const auto size = static_cast<std::size_t>(magnitude.end() - first);
  if (size == 0 || size > kMaxBytes) return fail(ErrorCode::OutOfRange, 0, "serial number");
  SmkiSerial serial;
  std::copy(first, magnitude.end(), serial.value_.end() - static_cast<std::ptrdiff_t>(size));
  return serial;
}

Result<SmkiSerial> SmkiSerial::from_decimal(std::string_view text) { return from_text(text, 10); }
Result<SmkiSerial> SmkiSerial::from_hex(std::string_view text) { return from_text(text, 16); }

ByteView SmkiSerial::bytes() const {
  const auto first = std::find_if(value_.begin(), value_.end(), [](std::uint8_t byte) { return byte != 0; });
  return ByteView(value_).subspan(static_cast<std::size_t>(first - value_.begin()));
}

std::string SmkiSerial::decimal() const {
  constexpr std::uint64_t kNineDigits = 1'000'000'000;
  std::array<std::uint32_t, 5> rest{};  // most significant first
  static_assert(sizeof(value_) == sizeof(rest));
  for (std::size_t i = 0; i < value_.size(); ++i) rest[i / 4] = rest[i / 4] << 8 | value_[i];
  std::string digits;
  while (std::any_of(rest.begin(), rest.end(), [](std::uint32_t limb) { return limb != 0; })) {
    std::uint64_t remainder = 0;
    for (auto& limb : rest) {
      remainder = remainder << 32 | limb;
      limb = static_cast<std::uint32_t>(remainder / kNineDigits);
      remainder %= kNineDigits;
    }
    for (int i = 0; i < 9; ++i, remainder /= 10) digits += static_cast<char>('0' + remainder % 10);
  }
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  std::reverse(digits.begin(), digits.end());
  return digits.empty() ? "0" : digits;
}

std::string SmkiSerial::hex() const {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  for (const std::uint8_t byte : bytes()) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace meterway::pki
