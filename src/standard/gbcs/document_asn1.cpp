#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/util/hex.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/asn1_names.h"
#include "standard/gbcs/document_parts.h"

namespace meterway::gbcs::document {
namespace {

Json node_to_json(const asn1::Node& node, FieldCursor& cursor) {
  Json json = Json::object();
  const auto* field = cursor.take();
  if (field != nullptr && !field->name.empty()) json["name"] = field->name;
  json["tag"] = fmt::format("{:02x}", node.tag);
  if (const auto type = asn1::tag_name(node.tag); !type.empty()) json["tag_name"] = type;
  if (node.length_size != 0) json["length_size"] = node.length_size;
  if (node.constructed()) {
    json["items"] = Json::array();
    for (const auto& item : node.items) json["items"].push_back(node_to_json(item, cursor));
    return json;
  }
  json["hex"] = to_hex(node.value);
  if (field != nullptr) cursor.describe(json, *field);
  return json;
}

asn1::Node node_from_json(const JsonView& json, std::size_t depth) {
  asn1::Node node;
  node.tag = static_cast<std::uint8_t>(json.hex_number("tag", 2));
  if (depth >= asn1::kMaxDepth) json.fail(ErrorCode::TooDeep, "items");
  if (json.has("length_size")) node.length_size = static_cast<std::uint8_t>(json.number("length_size", 2, 5));
  if (!json.ok()) return node;
  if (!node.constructed()) {
    node.value = json.hex("hex");
    return node;
  }
  for (std::size_t i = 0; i < json.size("items") && json.ok(); ++i) {
    node.items.push_back(node_from_json(json.at("items").at(i), depth + 1));
  }
  return node;
}

}  // namespace

Json asn1_to_json(const Decoded& decoded) {
  FieldCursor cursor(decoded.fields);
  return Json{{"format", "asn1"}, {"root", node_to_json(std::get<asn1::Node>(decoded.content), cursor)}};
}

Bytes asn1_from_json(const JsonView& json) {
  const auto bytes = asn1::write(node_from_json(json.at("root"), 0));
  // Lengths named in the document must hold their values: what is written must read as it was meant.
  if (json.ok() && !asn1::read(bytes)) json.fail(ErrorCode::BadValue, "root");
  return bytes;
}

}  // namespace meterway::gbcs::document
