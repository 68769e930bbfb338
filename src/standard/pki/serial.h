#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway::pki {

/// A certificate's serial number: a positive integer of at most 20 bytes (RFC 5280, 4.1.2.2; SMKI uses 16).
///
/// Text:    decimal in a DUIS KeyInfo (X509SerialNumber), upper-case hexadecimal in the certificate search.
/// Errors:  BadNumber at the first wrong character; OutOfRange above 20 bytes, or zero.
/// Sharing: immutable value.
class SmkiSerial {
 public:
  static constexpr std::size_t kMaxBytes = 20;

  constexpr SmkiSerial() = default;
  /// Most significant byte first; leading zeros do not matter.
  static Result<SmkiSerial> from_bytes(ByteView magnitude);
  static Result<SmkiSerial> from_decimal(std::string_view text);
  /// Either case, with or without leading zeros.
  static Result<SmkiSerial> from_hex(std::string_view text);

  std::string decimal() const;
  /// An even number of upper-case digits, no leading zero byte.
  std::string hex() const;
  /// Without leading zeros; empty only for a default-made serial.
  ByteView bytes() const;
  friend auto operator<=>(const SmkiSerial&, const SmkiSerial&) = default;

 private:
  std::array<std::uint8_t, kMaxBytes> value_{};
};

}  // namespace meterway::pki
