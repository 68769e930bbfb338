#include "standard/gbcs/dlms_data.h"

#include <algorithm>

namespace meterway::gbcs::dlms {
namespace {

/// A row for each type: its name in text, and the size of those that are a plain number.
struct TypeRow {
  Type type;
  std::string_view name;
  std::size_t number_size;
  bool is_signed;
};
constexpr TypeRow kTypes[] = {
    {Type::Null, "null", 0, false},
    {Type::Array, "array", 0, false},
    {Type::Structure, "structure", 0, false},
    {Type::Boolean, "boolean", 1, false},
    {Type::BitString, "bit-string", 0, false},
    {Type::Int32, "int32", 4, true},
    {Type::Uint32, "uint32", 4, false},
    {Type::OctetString, "octet-string", 0, false},
    {Type::VisibleString, "visible-string", 0, false},
    {Type::Utf8String, "utf8-string", 0, false},
    {Type::Int8, "int8", 1, true},
    {Type::Int16, "int16", 2, true},
    {Type::Uint8, "uint8", 1, false},
    {Type::Uint16, "uint16", 2, false},
    {Type::CompactArray, "compact-array", 0, false},
    {Type::Int64, "int64", 8, true},
    {Type::Uint64, "uint64", 8, false},
    {Type::Enum, "enum", 1, false},
};

const TypeRow* row_of(std::uint8_t tag) {
  const auto* row = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeRow& candidate) {
    return static_cast<std::uint8_t>(candidate.type) == tag;
  });
  return row != std::end(kTypes) ? row : nullptr;
}
const TypeRow& row_of(Type type) { return *row_of(static_cast<std::uint8_t>(type)); }

/// Depth and number of elements so far: what a few bytes may expand to is bounded.
struct Budget {
  std::size_t depth = 0;
  std::size_t items = 0;
  bool enter(wire::Reader& in) {
    if (depth >= kMaxDepth) in.fail(ErrorCode::TooDeep, "data");
    if (++items > kMaxItems) in.fail(ErrorCode::TooLarge, "data");
    return in.ok();
  }
};

Type take_type(wire::Reader& in) {
  const auto at = in.offset();
  const auto* row = row_of(in.u8("data type"));
  if (row != nullptr) return row->type;
  in.fail_at(ErrorCode::UnknownCode, at, "data type");
  return Type::Null;
}

TypeDescription take_description(wire::Reader& in, Budget budget) {
  TypeDescription description;
  if (!budget.enter(in)) return description;
  ++budget.depth;
  const auto at = in.offset();
  description.type = take_type(in);
  std::size_t members = 0;
  if (description.type == Type::Array) {
    description.count = in.u16("element count");
    members = 1;
  } else if (description.type == Type::Structure) {
    members = in.length("member count");
  } else if (description.type == Type::CompactArray) {
    in.fail_at(ErrorCode::BadValue, at, "type description");
  }
  for (std::size_t i = 0; i < members && in.ok(); ++i) description.members.push_back(take_description(in, budget));
  return description;
}

void put_description(wire::Writer& out, const TypeDescription& description) {
  out.u8(static_cast<std::uint8_t>(description.type));
  if (description.type == Type::Array) out.u16(description.count);
  if (description.type == Type::Structure) out.length(description.members.size());
  for (const auto& member : description.members) put_description(out, member);
}

std::int64_t take_number(wire::Reader& in, const TypeRow& row) {
  const auto value = in.number(row.number_size, "number");
  if (!row.is_signed || row.number_size == 8) return static_cast<std::int64_t>(value);
  const auto sign = std::uint64_t{1} << (8 * row.number_size - 1);
  return static_cast<std::int64_t>(value ^ sign) - static_cast<std::int64_t>(sign);
}

/// A value without its tag that is not made of others.
void take_simple(wire::Reader& in, Data& data) {
  const auto& row = row_of(data.type);
  ByteView bytes;
  if (row.number_size != 0) {
    data.number = take_number(in, row);
  } else if (data.type == Type::BitString) {
    const auto at = in.offset();
    data.bits = static_cast<std::uint32_t>(in.length("bit count"));
    bytes = in.take((static_cast<std::size_t>(data.bits) + 7) / 8, "bits");
    if (in.ok() && data.bits > 0xFFFF) in.fail_at(ErrorCode::TooLarge, at, "bit count");
  } else if (data.type != Type::Null) {
    bytes = in.prefixed("string");
  }
  data.bytes.assign(bytes.begin(), bytes.end());
}

void put_simple(wire::Writer& out, const Data& data) {
  const auto& row = row_of(data.type);
  if (row.number_size != 0) {
    out.number(static_cast<std::uint64_t>(data.number), row.number_size);
  } else if (data.type == Type::BitString) {
    out.length(data.bits).bytes(data.bytes);
  } else if (data.type != Type::Null) {
    out.prefixed(data.bytes);
  }
}

/// An element of a compact array: its value without tags, as `description` says.
Data take_packed(wire::Reader& in, const TypeDescription& description, Budget& budget) {
  Data data;
  data.type = description.type;
  if (!budget.enter(in)) return data;
  const bool is_array = data.type == Type::Array;
  if (!is_array && data.type != Type::Structure) {
    take_simple(in, data);
    return data;
  }
  ++budget.depth;
  const std::size_t count = is_array ? description.count : description.members.size();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    data.items.push_back(take_packed(in, description.members[is_array ? 0 : i], budget));
  }
  --budget.depth;
  return data;
}

void put_packed(wire::Writer& out, const Data& data) {
  if (data.type != Type::Array && data.type != Type::Structure) return put_simple(out, data);
  for (const auto& item : data.items) put_packed(out, item);
}

void take_compact_array(wire::Reader& in, Data& data, Budget& budget) {
  data.shape.push_back(take_description(in, budget));
  const auto contents = in.prefixed("compact array");
  wire::Reader packed(contents, in.offset() - contents.size());
  while (packed.ok() && !packed.empty()) {
    const auto at = packed.offset();
    data.items.push_back(take_packed(packed, data.shape.front(), budget));
    if (packed.ok() && packed.offset() == at) packed.fail(ErrorCode::BadValue, "empty element");
  }
  if (!packed.ok()) in.fail_at(packed.error().code, packed.error().offset, packed.error().field);
}

Data take_data(wire::Reader& in, Budget& budget) {
  Data data;
  if (!budget.enter(in)) return data;
  data.type = take_type(in);
  ++budget.depth;
  if (data.type == Type::Array || data.type == Type::Structure) {
    const auto count = in.length("element count");
    for (std::size_t i = 0; i < count && in.ok(); ++i) data.items.push_back(take_data(in, budget));
  } else if (data.type == Type::CompactArray) {
    take_compact_array(in, data, budget);
  } else {
    take_simple(in, data);
  }
  --budget.depth;
  return data;
}

}  // namespace

std::string_view to_string(Type type) { return row_of(type).name; }

Result<Type> parse_type(std::string_view name) {
  for (const auto& row : kTypes) {
    if (row.name == name) return row.type;
  }
  return fail(ErrorCode::UnknownCode, 0, "data type");
}

Data Data::of(Type type, std::int64_t number) {
  Data data;
  data.type = type;
  data.number = number;
  return data;
}

Data Data::octets(ByteView bytes) {
  Data data;
  data.type = Type::OctetString;
  data.bytes.assign(bytes.begin(), bytes.end());
  return data;
}

Data Data::text(Type type, std::string_view text) {
  Data data;
  data.type = type;
  data.bytes.assign(text.begin(), text.end());
  return data;
}

Data Data::array(std::vector<Data> items) {
  Data data;
  data.type = Type::Array;
  data.items = std::move(items);
  return data;
}

Data Data::structure(std::vector<Data> items) {
  Data data = array(std::move(items));
  data.type = Type::Structure;
  return data;
}

Data take_data(wire::Reader& in) {
  Budget budget;
  return take_data(in, budget);
}

Result<Data> read_data(ByteView bytes) {
  wire::Reader in(bytes);
  Data data = take_data(in);
  METERWAY_CHECK(in.finish("data"));
  return data;
}

void put_data(wire::Writer& out, const Data& data) {
  out.u8(static_cast<std::uint8_t>(data.type));
  if (data.type == Type::Array || data.type == Type::Structure) {
    out.length(data.items.size());
    for (const auto& item : data.items) put_data(out, item);
  } else if (data.type == Type::CompactArray) {
    for (const auto& shape : data.shape) put_description(out, shape);
    wire::Writer packed;
    for (const auto& item : data.items) put_packed(packed, item);
    out.prefixed(packed.view());
  } else {
    put_simple(out, data);
  }
}

Bytes write_data(const Data& data) {
  wire::Writer out;
  put_data(out, data);
  return out.take();
}

}  // namespace meterway::gbcs::dlms
