#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/util/hex.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/asn1_names.h"
#include "standard/gbcs/document_parts.h"

namespace meterway::gbcs::document {
namespace {

Json node_to_json(const asn1::Node& node, const asn1::Place& place) {
  Json json;
  if (const auto name = asn1::field_name(place); !name.empty()) json["name"] = name;
  json["tag"] = fmt::format("{:02x}", node.tag);
  if (const auto type = asn1::tag_name(node.tag); !type.empty()) json["tag_name"] = type;
  if (node.length_size != 0) json["length_size"] = node.length_size;
  if (node.constructed()) {
    json["items"] = Json::array();
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      json["items"].push_back(node_to_json(node.items[i], place.child(i, node.items[i].tag)));
    }
    return json;
  }
  json["hex"] = to_hex(node.value);
  if (auto note = asn1::value_note(node, place); !note.empty()) json["note"] = std::move(note);
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

Result<Json> asn1_to_json(const Header& header, ByteView content) {
  METERWAY_TRY(const auto node, asn1::read(content));
  return Json{{"format", "asn1"}, {"root", node_to_json(node, asn1::Place(header))}};
}

Bytes asn1_from_json(const JsonView& json) {
  const auto bytes = asn1::write(node_from_json(json.at("root"), 0));
  // Lengths named in the document must hold their values: what is written must read as it was meant.
  if (json.ok() && !asn1::read(bytes)) json.fail(ErrorCode::BadValue, "root");
  return bytes;
}

}  // namespace meterway::gbcs::document
