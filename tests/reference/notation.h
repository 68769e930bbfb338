#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/util/hex.h"
#include "standard/gbcs/dlms.h"

namespace meterway::tests {

/// A DLMS value in the notation of spec/device_objects.tsv: null, u8:1, i32:-5, enum:3, bool:true, octets:0A0B,
/// ascii:text, bits:F0, {structure}, [array]. Throws std::runtime_error: a row of ours that is wrong.
inline gbcs::dlms::Data data_of(std::string_view text) {
  using gbcs::dlms::Data;
  using gbcs::dlms::Type;
  if (text == "null" || text == "-") return Data::null();
  if (text.front() == '{' || text.front() == '[') {
    std::vector<Data> items;
    int depth = 0;
    std::size_t from = 1;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
      depth += (text[i] == '{' || text[i] == '[') - (text[i] == '}' || text[i] == ']');
      const bool last = i + 2 == text.size();
      if ((text[i] == ',' && depth == 0) || last) {
        items.push_back(data_of(text.substr(from, i - from + (last ? 1 : 0))));
        from = i + 1;
      }
    }
    return text.front() == '{' ? Data::structure(std::move(items)) : Data::array(std::move(items));
  }
  const auto colon = text.find(':');
  const auto kind = text.substr(0, colon);
  const auto value = std::string(colon == std::string_view::npos ? "" : text.substr(colon + 1));
  if (kind == "bool") return Data::of(Type::Boolean, value == "true" ? 0xFF : 0);
  if (kind == "octets") return Data::octets(from_hex(value).value());
  if (kind == "ascii") return Data::octets(Bytes(value.begin(), value.end()));
  if (kind == "bits") {
    Data bits;
    bits.type = Type::BitString;
    bits.bytes = from_hex(value).value();
    bits.bits = static_cast<std::uint32_t>(8 * bits.bytes.size());
    return bits;
  }
  static const std::map<std::string_view, Type> kNumbers{
      {"u8", Type::Uint8},  {"u16", Type::Uint16}, {"u32", Type::Uint32}, {"u64", Type::Uint64}, {"i8", Type::Int8},
      {"i16", Type::Int16}, {"i32", Type::Int32},  {"i64", Type::Int64},  {"enum", Type::Enum}};
  return Data::of(kNumbers.at(kind), std::stoll(value));
}

}  // namespace meterway::tests
