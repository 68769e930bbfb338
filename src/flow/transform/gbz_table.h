#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "standard/ids/ids.h"

namespace meterway::flow::transform {

/// How a field of a ZCL command gets its value; the language is described in spec/gbz_commands.tsv.
enum class GbzOp : std::uint8_t {
  Constant,
  Now,
  Start,
  StartLast,
  Time,
  Unsigned,
  Signed,
  Optional,
  Decimal,
  Text,
  Count,
  Map,
  Index,
  Cin,
  Part,
};

/// Lists that a row cannot spell; each is a function of gbz_parts.cpp.
enum class GbzPart : std::uint8_t {
  WeekDays,
  Seasons,
  SpecialDays,
  BlockThresholds,
  BlockPrices,
  TouPrices,
  NonDisablementEntries,
  HalfHours,
  EventConfiguration,
};

struct GbzField {
  GbzOp op;
  std::uint8_t size;    ///< bytes on the wire, little-endian
  std::uint64_t value;  ///< Constant: the value; Decimal: digits; Count: how many to take off; Map, Part: which
  const char* path;     ///< in the element of the row; "" is that element
};

/// One ZCL command of a message.
struct GbzComponent {
  std::uint16_t code;  ///< message code
  const char* when;    ///< only when the body holds this element; null: always
  const char* each;    ///< once for each such element; null: `times` times
  std::uint8_t times;
  bool alike;     ///< once for each set of children of `each` that are set alike
  GbzField from;  ///< From Date Time of the component header; size 0: none
  std::uint16_t cluster;
  std::uint8_t frame;
  std::uint8_t command;
  std::uint16_t first_field;
  std::uint16_t field_count;
};

struct GbzWord {
  std::uint8_t map;
  std::string_view word;
  std::uint32_t value;
};

/// The rows of a message code in message order; empty when there are none.
std::span<const GbzComponent> gbz_components(MessageCode code);
std::span<const GbzField> gbz_fields(const GbzComponent& component);
/// Null when the map has no such word.
const GbzWord* gbz_word(std::uint64_t map, std::string_view word);

}  // namespace meterway::flow::transform
