#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/util/bytes.h"
#include "base/util/result.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::gbcs::dlms {

/// The types of a DLMS Data element that GBCS uses; the value is the tag on the wire.
enum class Type : std::uint8_t {
  Null = 0x00,
  Array = 0x01,
  Structure = 0x02,
  Boolean = 0x03,
  BitString = 0x04,
  Int32 = 0x05,
  Uint32 = 0x06,
  OctetString = 0x09,
  VisibleString = 0x0A,
  Utf8String = 0x0C,
  Int8 = 0x0F,
  Int16 = 0x10,
  Uint8 = 0x11,
  Uint16 = 0x12,
  CompactArray = 0x13,
  Int64 = 0x14,
  Uint64 = 0x15,
  Enum = 0x16,
};
std::string_view to_string(Type type);
/// Errors: UnknownCode.
Result<Type> parse_type(std::string_view name);

/// What every element of a compact array looks like.
struct TypeDescription {
  Type type = Type::Null;
  std::uint16_t count = 0;               ///< elements of an Array
  std::vector<TypeDescription> members;  ///< one for an Array, one a member for a Structure
  friend bool operator==(const TypeDescription&, const TypeDescription&) = default;
};

/// One DLMS Data element (A-XDR). Which fields mean something depends on the type.
///
///     tag | value; strings and arrays begin with a length or count, a bit string with its number of bits;
///     compact array: 13 | type description | L contents, values without tags
struct Data {
  Type type = Type::Null;
  std::int64_t number = 0;             ///< numbers, boolean, enum; Uint64 in two's complement
  Bytes bytes;                         ///< strings, and the bits of a bit string, first bit most significant
  std::uint32_t bits = 0;              ///< of a bit string
  std::vector<Data> items;             ///< array, structure, compact array
  std::vector<TypeDescription> shape;  ///< of a compact array: exactly one
  friend bool operator==(const Data&, const Data&) = default;

  static Data null() { return {}; }
  static Data of(Type type, std::int64_t number);
  static Data octets(ByteView bytes);
  static Data text(Type type, std::string_view text);
  static Data array(std::vector<Data> items);
  static Data structure(std::vector<Data> items);
};

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxItems = 65536;

/// Reads one element with its tag from `in`; a failure is left in the reader (TooDeep and TooLarge beyond the limits,
/// UnknownCode for a tag that GBCS does not use).
Data take_data(wire::Reader& in);
/// Reads exactly one element.
Result<Data> read_data(ByteView bytes);
void put_data(wire::Writer& out, const Data& data);
Bytes write_data(const Data& data);

}  // namespace meterway::gbcs::dlms
