#include "standard/gbcs/zcl.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::gbcs::zcl {
namespace {

enum class Direction : std::uint8_t { General, ToServer, ToClient };
enum class Repeat : std::uint8_t { Once, IfLeft, ToEnd, Counted };

struct FieldRow {
  std::string_view name;
  FieldType type;
  Repeat repeat;
  std::string_view count;  ///< the field that counts a Counted one
  std::size_t members;     ///< rows that follow and belong to a Group
};
struct CommandRow {
  std::uint16_t cluster;
  Direction direction;
  std::uint8_t command;
  std::string_view name;
  std::size_t first;
  std::size_t count;
};
struct AttributeRow {
  std::uint16_t cluster;
  std::uint16_t first;
  std::uint16_t last;
  std::string_view name;
};

#include "standard/gbcs/zcl.inc"

struct TypeRow {
  FieldType type;
  std::string_view name;
  std::size_t number_size;
};
constexpr TypeRow kTypes[] = {
    {FieldType::U8, "u8", 1},         {FieldType::U16, "u16", 2},     {FieldType::U24, "u24", 3},
    {FieldType::U32, "u32", 4},       {FieldType::U48, "u48", 6},     {FieldType::I32, "i32", 4},
    {FieldType::Bm8, "bm8", 1},       {FieldType::Bm16, "bm16", 2},   {FieldType::Bm32, "bm32", 4},
    {FieldType::E8, "e8", 1},         {FieldType::Utc, "utc", 4},     {FieldType::Attribute, "attr", 2},
    {FieldType::Status, "status", 1}, {FieldType::String, "str", 0},  {FieldType::Date, "date", 0},
    {FieldType::Bytes, "bytes", 0},   {FieldType::Typed, "typed", 0}, {FieldType::Group, "group", 0},
};

/// ZCL data types: the size of those that are a number; 0 for strings with a length byte.
struct ValueTypeRow {
  std::uint8_t id;
  std::size_t size;
  bool is_signed;
};
constexpr ValueTypeRow kValueTypes[] = {
    {0x08, 1, false}, {0x10, 1, false}, {0x18, 1, false}, {0x19, 2, false}, {0x1A, 3, false}, {0x1B, 4, false},
    {0x20, 1, false}, {0x21, 2, false}, {0x22, 3, false}, {0x23, 4, false}, {0x24, 5, false}, {0x25, 6, false},
    {0x28, 1, true},  {0x29, 2, true},  {0x2A, 3, true},  {0x2B, 4, true},  {0x30, 1, false}, {0x31, 2, false},
    {0x41, 0, false}, {0x42, 0, false}, {0xE2, 4, false},
};

struct NameRow {
  std::uint16_t code;
  std::string_view name;
};
constexpr NameRow kClusters[] = {
    {0x0000, "Basic"},      {0x0700, "Price"},    {0x0702, "Metering"},          {0x0703, "Messaging"},
    {0x0705, "Prepayment"}, {0x0707, "Calendar"}, {0x0708, "Device Management"}, {0x0709, "Events"},
};
constexpr NameRow kStatuses[] = {
    {0x00, "success"},
    {0x01, "failure"},
    {0x7E, "not authorised"},
    {0x7F, "reserved not zero"},
    {0x80, "malformed command"},
    {0x81, "unsupported cluster command"},
    {0x82, "unsupported general command"},
    {0x85, "invalid field"},
    {0x86, "unsupported attribute"},
    {0x87, "invalid value"},
    {0x88, "read only"},
    {0x89, "insufficient space"},
    {0x8A, "duplicate exists"},
    {0x8B, "not found"},
    {0x8D, "invalid data type"},
    {0x92, "inconsistent"},
    {0x93, "action denied"},
    {0x94, "timeout"},
    {0xC0, "hardware failure"},
    {0xC1, "software failure"},
};

template <std::size_t N>
std::string_view name_of(const NameRow (&rows)[N], std::uint16_t code) {
  for (const auto& row : rows) {
    if (row.code == code) return row.name;
  }
  return {};
}

std::size_t number_size(FieldType type) { return kTypes[static_cast<std::size_t>(type)].number_size; }

const ValueTypeRow* value_type(std::uint8_t id) {
  const auto* row = std::find_if(std::begin(kValueTypes), std::end(kValueTypes),
                                 [&](const auto& candidate) { return candidate.id == id; });
  return row != std::end(kValueTypes) ? row : nullptr;
}

const CommandRow* find_command(std::uint16_t cluster, std::uint8_t frame_control, std::uint8_t command) {
  const bool general = (frame_control & 0x03) == 0;
  const auto direction = general                       ? Direction::General
                         : (frame_control & 0x08) != 0 ? Direction::ToClient
                                                       : Direction::ToServer;
  const auto* row = std::find_if(std::begin(kCommands), std::end(kCommands), [&](const CommandRow& candidate) {
    return candidate.direction == direction && candidate.command == command &&
           (general || candidate.cluster == cluster);
  });
  return row != std::end(kCommands) ? row : nullptr;
}

std::int64_t extend_sign(std::uint64_t value, std::size_t size) {
  const auto sign = std::uint64_t{1} << (8 * size - 1);
  return static_cast<std::int64_t>(value ^ sign) - static_cast<std::int64_t>(sign);
}

/// Gives the bytes of a string; numbers go into the field.
ByteView take_typed(wire::Reader& in, Field& field) {
  const auto at = in.offset();
  field.value_type = in.u8("attribute type");
  const auto* type = value_type(field.value_type);
  if (type == nullptr) {
    in.fail_at(ErrorCode::UnknownCode, at, "attribute type");
  } else if (type->size == 0) {
    return in.take(in.u8("string length"), "string");
  } else {
    const auto value = in.number_le(type->size, "attribute value");
    field.number = type->is_signed ? extend_sign(value, type->size) : static_cast<std::int64_t>(value);
  }
  return {};
}

Field take_one(wire::Reader& in, const FieldRow& row) {
  Field field;
  field.name = row.name;
  field.type = row.type;
  ByteView bytes;
  if (const auto size = number_size(row.type); size != 0) {
    const auto value = in.number_le(size, "field");
    field.number = row.type == FieldType::I32 ? extend_sign(value, size) : static_cast<std::int64_t>(value);
  } else if (row.type == FieldType::String) {
    bytes = in.take(in.u8("string length"), "string");
  } else if (row.type == FieldType::Date) {
    bytes = in.take(4, "date");
  } else if (row.type == FieldType::Bytes) {
    bytes = in.rest();
  } else if (row.type == FieldType::Typed) {
    bytes = take_typed(in, field);
  }
  field.bytes.assign(bytes.begin(), bytes.end());
  return field;
}

/// A typed value is missing after a status that tells why.
bool is_absent(const FieldRow& row, const std::vector<Field>& before) {
  return row.type == FieldType::Typed && !before.empty() && before.back().type == FieldType::Status &&
         before.back().number != 0;
}

std::vector<Field> take_fields(wire::Reader& in, std::span<const FieldRow> rows) {
  std::vector<Field> fields;
  for (std::size_t i = 0; i < rows.size() && in.ok(); ++i) {
    const auto& row = rows[i];
    if (row.type == FieldType::Group) {
      Field group;
      group.name = row.name;
      group.type = FieldType::Group;
      while (in.ok() && !in.empty()) group.items.push_back(take_fields(in, rows.subspan(i + 1, row.members)));
      fields.push_back(std::move(group));
      i += row.members;
    } else if (row.repeat == Repeat::ToEnd) {
      while (in.ok() && !in.empty()) fields.push_back(take_one(in, row));
    } else if (row.repeat == Repeat::Counted) {
      const auto* counter = find(fields, row.count);
      const auto count = counter != nullptr ? counter->number : 0;
      for (std::int64_t n = 0; n < count && in.ok(); ++n) fields.push_back(take_one(in, row));
    } else if (!is_absent(row, fields) && (row.repeat == Repeat::Once || !in.empty())) {
      fields.push_back(take_one(in, row));
    }
  }
  return fields;
}

void put_field(wire::Writer& out, const Field& field);

void put_fields(wire::Writer& out, const std::vector<Field>& fields) {
  for (const auto& field : fields) put_field(out, field);
}

void put_string(wire::Writer& out, const Bytes& bytes) { out.u8(bytes.size()).bytes(bytes); }

void put_field(wire::Writer& out, const Field& field) {
  if (const auto size = number_size(field.type); size != 0) {
    out.number_le(static_cast<std::uint64_t>(field.number), size);
  } else if (field.type == FieldType::String) {
    put_string(out, field.bytes);
  } else if (field.type == FieldType::Typed) {
    out.u8(field.value_type);
    const auto* type = value_type(field.value_type);
    if (type == nullptr) return;
    if (type->size == 0) return put_string(out, field.bytes);
    out.number_le(static_cast<std::uint64_t>(field.number), type->size);
  } else if (field.type == FieldType::Group) {
    for (const auto& item : field.items) put_fields(out, item);
  } else {
    out.bytes(field.bytes);
  }
}

}  // namespace

std::string_view to_string(FieldType type) { return kTypes[static_cast<std::size_t>(type)].name; }

Result<FieldType> parse_field_type(std::string_view name) {
  for (const auto& row : kTypes) {
    if (row.name == name) return row.type;
  }
  return fail(ErrorCode::UnknownCode, 0, "field type");
}

std::string_view command_name(std::uint16_t cluster, std::uint8_t frame_control, std::uint8_t command) {
  const auto* row = find_command(cluster, frame_control, command);
  return row != nullptr ? row->name : std::string_view();
}

std::string_view cluster_name(std::uint16_t cluster) { return name_of(kClusters, cluster); }
std::string_view status_name(std::uint8_t status) { return name_of(kStatuses, status); }

std::string_view attribute_name(std::uint16_t cluster, std::uint16_t id) {
  for (const auto& row : kAttributes) {
    if (row.cluster == cluster && row.first <= id && id <= row.last) return row.name;
  }
  return {};
}

Result<std::vector<Field>> read_fields(std::uint16_t cluster, std::uint8_t frame_control, std::uint8_t command,
                                       ByteView payload) {
  const auto* row = find_command(cluster, frame_control, command);
  if (row == nullptr) return fail(ErrorCode::Unsupported, 0, "zcl command");
  wire::Reader in(payload);
  auto fields = take_fields(in, std::span(kFields).subspan(row->first, row->count));
  METERWAY_CHECK(in.finish("zcl payload"));
  return fields;
}

Bytes write_fields(const std::vector<Field>& fields) {
  wire::Writer out;
  put_fields(out, fields);
  return out.take();
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
  const auto field =
      std::find_if(fields.begin(), fields.end(), [&](const Field& candidate) { return candidate.name == name; });
  return field != fields.end() ? &*field : nullptr;
}

}  // namespace meterway::gbcs::zcl
