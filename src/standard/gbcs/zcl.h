#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/util/bytes.h"
#include "base/util/result.h"

/// The ZCL payload of a GBZ component by field names, from spec/zcl_commands.tsv.
namespace meterway::gbcs::zcl {

enum class FieldType : std::uint8_t {
  U8,
  U16,
  U24,
  U32,
  U48,
  I32,
  Bm8,
  Bm16,
  Bm32,
  E8,
  Utc,
  Attribute,
  Status,  // little-endian numbers
  String,  ///< length byte, bytes
  Date,    ///< 4 bytes: year - 1900, month, day, day of week; FF wild
  Bytes,   ///< what is left
  Typed,   ///< type byte and a value of that type
  Group,   ///< repeated fields
};
std::string_view to_string(FieldType type);
/// Errors: UnknownCode.
Result<FieldType> parse_field_type(std::string_view name);

struct Field {
  std::string name;
  FieldType type = FieldType::U8;
  std::int64_t number = 0;                ///< numbers; of a Typed field as well
  Bytes bytes;                            ///< String, Date, Bytes; Typed strings
  std::uint8_t value_type = 0;            ///< ZCL type of a Typed field
  std::vector<std::vector<Field>> items;  ///< Group: one list a repetition
  friend bool operator==(const Field&, const Field&) = default;
};

/// "Publish Price"; empty when there is no row. Frame control 00 and 08 are general commands, the same in every
/// cluster.
std::string_view command_name(std::uint16_t cluster, std::uint8_t frame_control, std::uint8_t command);
std::string_view cluster_name(std::uint16_t cluster);
std::string_view attribute_name(std::uint16_t cluster, std::uint16_t id);
std::string_view status_name(std::uint8_t status);

/// Reads a plain payload; it is consumed exactly. Errors: Unsupported (no row for the command), Truncated,
/// TrailingBytes, UnknownCode (type of a typed value).
Result<std::vector<Field>> read_fields(std::uint16_t cluster, std::uint8_t frame_control, std::uint8_t command,
                                       ByteView payload);
/// Writes fields as they stand, whatever command they belong to.
Bytes write_fields(const std::vector<Field>& fields);

/// The field of that name; null when there is none.
const Field* find(const std::vector<Field>& fields, std::string_view name);

}  // namespace meterway::gbcs::zcl
