#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/util/hex.h"
#include "standard/gbcs/alerts.h"
#include "standard/gbcs/document_parts.h"
#include "standard/gbcs/gbz.h"
#include "standard/gbcs/zcl.h"

namespace meterway::gbcs::document {
namespace {

using zcl::Field;
using zcl::FieldType;

std::string hex_text(std::uint64_t value, int digits) { return fmt::format("{:0{}x}", value, digits); }

std::string time_text(std::uint32_t seconds) {
  if (seconds == 0) return "now";
  if (seconds == 0xFFFFFFFF) return "never";
  return to_iso8601(gbz::ZigbeeTime{seconds}.utc(), 0);
}

std::string wild_date_text(ByteView bytes) {
  const auto part = [](std::uint8_t value, int base) {
    return value == 0xFF ? std::string("*") : std::to_string(base + value);
  };
  return bytes.size() == 4 ? part(bytes[0], 1900) + "-" + part(bytes[1], 0) + "-" + part(bytes[2], 0) : std::string();
}

bool holds_bytes(const Field& field) {
  const bool is_string_value = field.type == FieldType::Typed && (field.value_type == 0x41 || field.value_type == 0x42);
  return is_string_value || field.type == FieldType::String || field.type == FieldType::Date ||
         field.type == FieldType::Bytes;
}

std::string note_of(std::uint16_t cluster, const Field& field) {
  switch (field.type) {
    case FieldType::Utc:
      return time_text(static_cast<std::uint32_t>(field.number));
    case FieldType::Attribute:
      return std::string(zcl::attribute_name(cluster, static_cast<std::uint16_t>(field.number)));
    case FieldType::Status:
      return std::string(zcl::status_name(static_cast<std::uint8_t>(field.number)));
    case FieldType::Date:
      return wild_date_text(field.bytes);
    default:
      return {};
  }
}

Json fields_to_json(std::uint16_t cluster, const std::vector<Field>& fields) {
  Json list = Json::array();
  for (const auto& field : fields) {
    Json json{{"name", field.name}, {"type", zcl::to_string(field.type)}};
    if (field.type == FieldType::Group) {
      json["items"] = Json::array();
      for (const auto& item : field.items) json["items"].push_back(fields_to_json(cluster, item));
    } else {
      if (field.type == FieldType::Typed) json["value_type"] = hex_text(field.value_type, 2);
      if (holds_bytes(field)) {
        json["hex"] = to_hex(field.bytes);
        if (field.type != FieldType::Date) note_text(json, field.bytes);
      } else {
        json["value"] = field.number;
      }
      if (auto note = note_of(cluster, field); !note.empty()) json["note"] = std::move(note);
    }
    list.push_back(std::move(json));
  }
  return list;
}

/// The range of a number on the wire; ranges of both signs are taken where the type may be either.
std::int64_t number_from_json(const JsonView& json, const Field& field) {
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

std::vector<Field> fields_of(const JsonView& list, std::size_t count, std::size_t depth) {
  std::vector<Field> fields;
  for (std::size_t i = 0; i < count && list.ok(); ++i) {
    const auto json = list.at(i);
    Field field;
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

Json payload_to_json(const gbz::Component& component, ByteView payload) {
  const auto fields = zcl::read_fields(component.cluster, component.frame_control, component.command, payload);
  // A payload that no row describes stays as it is.
  if (!fields || zcl::write_fields(*fields) != Bytes(payload.begin(), payload.end())) return {};
  return fields_to_json(component.cluster, *fields);
}

Json component_to_json(const gbz::Component& component, const Decrypt& decrypt) {
  Json json{{"cluster", hex_text(component.cluster, 4)}};
  if (const auto name = zcl::cluster_name(component.cluster); !name.empty()) json["cluster_name"] = name;
  json["frame_control"] = hex_text(component.frame_control, 2);
  json["sequence"] = component.sequence;
  json["command"] = hex_text(component.command, 2);
  const auto name = zcl::command_name(component.cluster, component.frame_control, component.command);
  if (!name.empty()) json["command_name"] = name;
  if (component.from) {
    json["from"] = component.from->seconds;
    json["from_note"] = time_text(component.from->seconds);
  }
  if (component.encrypted_counter) {
    json["frame_counter"] = *component.encrypted_counter;
    json["ciphered"] = to_hex(component.payload);
    const auto plain = decrypt(component.payload);
    if (!plain) return json;
    if (auto fields = payload_to_json(component, *plain); !fields.is_null()) {
      json["decrypted"] = std::move(fields);
    } else {
      json["decrypted"] = Json{{"hex", to_hex(*plain)}};
    }
  } else if (auto fields = payload_to_json(component, component.payload); !fields.is_null()) {
    json["fields"] = std::move(fields);
  } else {
    json["payload"] = to_hex(component.payload);
  }
  return json;
}

Json components_to_json(const std::vector<gbz::Component>& components, const Decrypt& decrypt) {
  Json list = Json::array();
  for (const auto& component : components) list.push_back(component_to_json(component, decrypt));
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

Json alert_to_json(const Header& header, const gbz::Alert& alert, const Decrypt& decrypt) {
  Json json{{"format", "gbz"}, {"alert_code", hex_text(alert.code, 4)}};
  if (const auto name = alert_name(alert.code); !name.empty()) json["alert_name"] = name;
  json["time"] = alert.time.seconds;
  json["time_note"] = time_text(alert.time.seconds);
  json["count"] = alert.count;
  json["components"] = components_to_json(alert.components, decrypt);
  if (alert.detail.empty()) return json;
  json["detail"] = to_hex(alert.detail);
  if (const auto* row = find_alert_element(header.code, 0)) {
    for (const auto& [name, value] : alert_fields(*row, alert.detail)) json["detail_fields"][name] = value;
  }
  return json;
}

}  // namespace

Result<Json> gbz_to_json(const Header& header, ByteView content, const Decrypt& decrypt) {
  if (header.kind == Kind::Alert) {
    METERWAY_TRY(const auto alert, gbz::read_alert(content, header.code));
    return alert_to_json(header, alert, decrypt);
  }
  METERWAY_TRY(const auto frames, gbz::read_frames(content));
  return Json{{"format", "gbz"}, {"components", components_to_json(frames.components, decrypt)}};
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
