#pragma once
#include <vector>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway::gbcs::asn1 {

/// A DER element with a one-byte tag, nested at most kMaxDepth deep. Lengths are definite; some devices write them
/// longer than DER allows (30 82 00 9F), which is kept so that writing gives the same bytes.
///
/// Sources: content of the ASN.1 use cases; certificates inside them are elements like any other.
struct Node {
  std::uint8_t tag = 0x05;
  Bytes value;                   ///< of a primitive element
  std::vector<Node> items;       ///< of a constructed element (tag & 20)
  std::uint8_t length_size = 0;  ///< bytes of the length (1..5) when it is not in its shortest form, otherwise 0
  bool constructed() const { return (tag & 0x20) != 0; }
  friend bool operator==(const Node&, const Node&) = default;

  static Node of(std::uint8_t tag, ByteView value);
  static Node sequence(std::vector<Node> items);
  /// INTEGER in its shortest form (a leading zero byte where the sign asks for it); `tag` for [n] IMPLICIT.
  static Node integer(std::uint64_t value, std::uint8_t tag = 0x02);
};

constexpr std::size_t kMaxDepth = 24;
constexpr std::size_t kMaxNodes = 65536;

/// Whether lengths longer than necessary are refused (DER) or kept.
enum class Lengths : std::uint8_t { Shortest, AsWritten };

/// Reads exactly one element. Errors: Truncated, BadLength, BadTag (a tag of several bytes), BadValue (an INTEGER,
/// BOOLEAN or NULL that is not DER), TooDeep, TooLarge, TrailingBytes.
Result<Node> read(ByteView bytes, Lengths lengths = Lengths::AsWritten);
Bytes write(const Node& node);

/// The value of an INTEGER or ENUMERATED (or implicit one) that is not negative and fits. Errors: BadValue, OutOfRange.
Result<std::uint64_t> integer_value(const Node& node);

}  // namespace meterway::gbcs::asn1
