#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/util/hex.h"
#include "standard/gbcs/alerts.h"
#include "standard/gbcs/document_parts.h"
#include "standard/gbcs/gbz.h"
#include "standard/gbcs/zcl.h"

namespace meterway::gbcs::document {
namespace {

using zcl::FieldType;

std::string hex_text(std::uint64_t value, int digits) { return fmt::format("{:0{}x}", value, digits); }

bool holds_bytes(const zcl::Field& field) {
  const bool is_string_value = field.type == FieldType::Typed && (field.value_type == 0x41 || field.value_type == 0x42);
  return is_string_value || field.type == FieldType::String || field.type == FieldType::Date ||
         field.type == FieldType::Bytes;
}

Json fields_to_json(const std::vector<zcl::Field>& fields, FieldCursor& cursor) {
  Json list = Json::array();
  for (const auto& field : fields) {
    const auto* named = cursor.take();
    Json json{{"name", field.name}, {"type", zcl::to_string(field.type)}};
    if (field.type == FieldType::Group) {
      json["items"] = Json::array();
      for (const auto& item : field.items) {
        cursor.take();
        json["items"].push_back(fields_to_json(item, cursor));
      }
    } else {
      if (field.type == FieldType::Typed) json["value_type"] = hex_text(field.value_type, 2);
      if (holds_bytes(field)) {
        json["hex"] = to_hex(field.bytes);
      } else {
        json["value"] = field.number;
      }
      if (named != nullptr) cursor.describe(json, *named);
    }
    list.push_back(std::move(json));
  }
  return list;
}

/// The range of a number on the wire; ranges of both signs are taken where the type may be either.
std::int64_t number_from_json(const JsonView& json, const zcl::Field& field) {
  switch (field.type) {
    case FieldType::I32:
      return json.number("value", -0x80000000LL, 0x7FFFFFFF);
    case FieldType::U8:
    case FieldType::Bm8:
    case FieldType::E8:
    case FieldType::Status:
      return json.number("value", 0, 0xFF);
    case FieldType::U16:
    case FieldType::Bm16:
    case FieldType::Attribute:
      return json.number("value", 0, 0xFFFF);
    case FieldType::U24:
      return json.number("value", 0, 0xFFFFFF);
    case FieldType::U48:
      return json.number("value", 0, 0xFFFFFFFFFFFFLL);
    case FieldType::Typed:
      return json.number("value", -0x80000000LL, 0xFFFFFFFFFFFFLL);
    default:
      return json.number("value", 0, 0xFFFFFFFFLL);
  }
}

std::vector<zcl::Field> fields_of(const JsonView& list, std::size_t count, std::size_t depth) {
  std::vector<zcl::Field> fields;
  for (std::size_t i = 0; i < count && list.ok(); ++i) {
    const auto json = list.at(i);
    zcl::Field field;
    field.name = json.text("name");
    const auto type = zcl::parse_field_type(json.text("type"));
    if (!type) json.fail(ErrorCode::UnknownCode, "type");
    if (!json.ok()) break;
    field.type = *type;
    if (field.type == FieldType::Typed) field.value_type = static_cast<std::uint8_t>(json.hex_number("value_type", 2));
    if (field.type == FieldType::Group) {
      if (depth > 1) json.fail(ErrorCode::TooDeep, "items");
      for (std::size_t k = 0; k < json.size("items") && json.ok(); ++k) {
        const auto item = json.at("items").at(k);
        field.items.push_back(fields_of(item, item.length(), depth + 1));
      }
    } else if (holds_bytes(field)) {
      field.bytes = json.hex("hex");
      if (field.bytes.size() > 0xFF && field.type != FieldType::Bytes) json.fail(ErrorCode::TooLarge, "hex");
    } else {
      field.number = number_from_json(json, field);
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

Json component_to_json(const Decoded& decoded, std::size_t index) {
  const auto& content = std::get<GbzContent>(decoded.content);
  const auto& component = content.components()[index];
  const auto& instruction = decoded.instructions[index];
  const auto& fields = content.payloads[index];
  Json json{{"cluster", hex_text(component.cluster, 4)}};
  if (const auto name = zcl::cluster_name(component.cluster); !name.empty()) json["cluster_name"] = name;
  json["frame_control"] = hex_text(component.frame_control, 2);
  json["sequence"] = component.sequence;
  json["command"] = hex_text(component.command, 2);
  if (!instruction.name.empty()) json["command_name"] = instruction.name;
  if (component.from) {
    json["from"] = component.from->seconds;
    json["from_note"] = seconds_text(component.from->seconds);
  }
  FieldCursor cursor(decoded.fields_of(instruction));
  if (component.encrypted_counter) {
    json["frame_counter"] = *component.encrypted_counter;
    json["ciphered"] = to_hex(component.payload);
    if (!instruction.opened) return json;
    // A payload that no row describes stays as it is.
    const auto& plain = decoded.plain[instruction.block];
    json["decrypted"] =
        zcl::write_fields(fields) == plain ? fields_to_json(fields, cursor) : Json{{"hex", to_hex(plain)}};
  } else if (zcl::write_fields(fields) == component.payload) {
    json["fields"] = fields_to_json(fields, cursor);
  } else {
    json["payload"] = to_hex(component.payload);
  }
  return json;
}

Json components_to_json(const Decoded& decoded) {
  Json list = Json::array();
  const auto count = std::get<GbzContent>(decoded.content).components().size();
  for (std::size_t i = 0; i < count; ++i) list.push_back(component_to_json(decoded, i));
  return list;
}

gbz::Component component_from_json(const JsonView& json) {
  gbz::Component component;
  component.cluster = static_cast<std::uint16_t>(json.hex_number("cluster", 4));
  component.frame_control = static_cast<std::uint8_t>(json.hex_number("frame_control", 2));
  component.sequence = static_cast<std::uint8_t>(json.number("sequence", 0, 0xFF));
  component.command = static_cast<std::uint8_t>(json.hex_number("command", 2));
  if (json.has("from"))
    component.from = gbz::ZigbeeTime{static_cast<std::uint32_t>(json.number("from", 0, 0xFFFFFFFFLL))};
  if (json.has("frame_counter")) {
    component.encrypted_counter = static_cast<std::uint8_t>(json.number("frame_counter", 0, 0xFF));
    component.payload = json.hex("ciphered");
  } else if (json.has("payload")) {
    component.payload = json.hex("payload");
  } else {
    component.payload = zcl::write_fields(fields_of(json.at("fields"), json.size("fields"), 0));
  }
  if (component.payload.size() > 0xF000) json.fail(ErrorCode::TooLarge, "component");
  return component;
}

std::vector<gbz::Component> components_from_json(const JsonView& json) {
  std::vector<gbz::Component> components;
  const auto count = json.size("components");
  if (count > 0xFF) json.fail(ErrorCode::TooLarge, "components");
  for (std::size_t i = 0; i < count && json.ok(); ++i)
    components.push_back(component_from_json(json.at("components").at(i)));
  return components;
}

Json alert_to_json(const Decoded& decoded, const gbz::Alert& alert) {
  Json json{{"format", "gbz"}, {"alert_code", hex_text(alert.code, 4)}};
  if (const auto name = alert_name(alert.code); !name.empty()) json["alert_name"] = name;
  json["time"] = alert.time.seconds;
  json["time_note"] = seconds_text(alert.time.seconds);
  json["count"] = alert.count;
  json["components"] = components_to_json(decoded);
  if (alert.detail.empty()) return json;
  json["detail"] = to_hex(alert.detail);
  for (const auto& part : decoded.fields_of(decoded.instructions.back())) {
    if (part.part) json["detail_fields"][std::string(part.name)] = value_text(part);
  }
  return json;
}

}  // namespace

std::string seconds_text(std::uint32_t seconds) {
  if (seconds == 0) return "now";
  if (seconds == 0xFFFFFFFF) return "never";
  return to_iso8601(gbz::ZigbeeTime{seconds}.utc(), 0);
}

Json gbz_to_json(const Decoded& decoded) {
  const auto& form = std::get<GbzContent>(decoded.content).form;
  if (const auto* alert = std::get_if<gbz::Alert>(&form)) return alert_to_json(decoded, *alert);
  return Json{{"format", "gbz"}, {"components", components_to_json(decoded)}};
}

Bytes gbz_from_json(const JsonView& json) {
  if (!json.has("alert_code")) return gbz::write_frames({components_from_json(json)});
  gbz::Alert alert;
  alert.code = static_cast<std::uint16_t>(json.hex_number("alert_code", 4));
  alert.time = gbz::ZigbeeTime{static_cast<std::uint32_t>(json.number("time", 0, 0xFFFFFFFFLL))};
  alert.count = static_cast<std::uint8_t>(json.number("count", 0, 0xFF));
  alert.components = components_from_json(json);
  if (json.has("detail")) alert.detail = json.hex("detail");
  return gbz::write_alert(alert);
}

}  // namespace meterway::gbcs::document
