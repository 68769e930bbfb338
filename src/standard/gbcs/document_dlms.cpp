#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/util/hex.h"
#include "standard/gbcs/alerts.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/document_parts.h"

namespace meterway::gbcs::document {
namespace {

using dlms::Choice;
using dlms::Data;
using dlms::Type;

constexpr const char* kChoices[] = {"", "get", "set", "action", "get-selected"};

Json shape_to_json(const dlms::TypeDescription& shape) {
  Json json{{"type", dlms::to_string(shape.type)}};
  if (shape.type == Type::Array) json["count"] = shape.count;
  for (const auto& member : shape.members) json["members"].push_back(shape_to_json(member));
  return json;
}

Json data_to_json(const Data& data, FieldCursor& cursor) {
  Json json = Json::object();
  const auto* field = cursor.take();
  if (field != nullptr && !field->name.empty()) json["name"] = field->name;
  json["type"] = dlms::to_string(data.type);
  switch (data.type) {
    case Type::Null:
      break;
    case Type::Array:
    case Type::Structure:
    case Type::CompactArray:
      if (!data.shape.empty()) json["of"] = shape_to_json(data.shape.front());
      json["items"] = Json::array();
      for (const auto& item : data.items) json["items"].push_back(data_to_json(item, cursor));
      break;
    case Type::BitString:
      json["bits"] = data.bits;
      json["hex"] = to_hex(data.bytes);
      break;
    case Type::OctetString:
    case Type::VisibleString:
    case Type::Utf8String:
      json["hex"] = to_hex(data.bytes);
      break;
    case Type::Uint64:
      json["value"] = std::to_string(static_cast<std::uint64_t>(data.number));
      break;
    case Type::Int64:
      json["value"] = std::to_string(data.number);
      break;
    default:
      json["value"] = data.number;
  }
  if (field != nullptr && data.type != Type::Null) cursor.describe(json, *field);
  return json;
}

dlms::TypeDescription shape_from_json(const JsonView& json, std::size_t depth) {
  dlms::TypeDescription shape;
  const auto type = dlms::parse_type(json.text("type"));
  if (!type) json.fail(ErrorCode::UnknownCode, "type");
  if (depth >= dlms::kMaxDepth) json.fail(ErrorCode::TooDeep, "of");
  if (!json.ok()) return shape;
  shape.type = *type;
  if (shape.type == Type::Array) shape.count = static_cast<std::uint16_t>(json.number("count", 0, 0xFFFF));
  for (std::size_t i = 0; i < json.size("members") && json.ok(); ++i) {
    shape.members.push_back(shape_from_json(json.at("members").at(i), depth + 1));
  }
  return shape;
}

/// The numbers that a type holds; the writer would cut off others.
std::int64_t number_of(const JsonView& json, Type type) {
  switch (type) {
    case Type::Int8:
      return json.number("value", -0x80, 0x7F);
    case Type::Int16:
      return json.number("value", -0x8000, 0x7FFF);
    case Type::Int32:
      return json.number("value", -0x80000000LL, 0x7FFFFFFF);
    case Type::Uint16:
      return json.number("value", 0, 0xFFFF);
    case Type::Uint32:
      return json.number("value", 0, 0xFFFFFFFFLL);
    case Type::Uint64:
      return static_cast<std::int64_t>(json.decimal("value"));
    case Type::Int64: {
      const auto text = json.text("value");
      const bool negative = !text.empty() && text[0] == '-';
      const Json magnitude{{"value", negative ? text.substr(1) : text}};
      Result<void> status;
      const auto value = JsonView(magnitude, status).decimal("value");
      if (!status || value > (std::uint64_t{1} << 63) - (negative ? 0 : 1)) json.fail(ErrorCode::BadNumber, "value");
      return static_cast<std::int64_t>(negative ? 0 - value : value);
    }
    default:
      return json.number("value", 0, 0xFF);
  }
}

Data data_from_json(const JsonView& json, std::size_t depth = 0) {
  Data data;
  const auto type = dlms::parse_type(json.text("type"));
  if (!type) json.fail(ErrorCode::UnknownCode, "type");
  if (depth >= dlms::kMaxDepth) json.fail(ErrorCode::TooDeep, "items");
  if (!json.ok()) return data;
  data.type = *type;
  switch (data.type) {
    case Type::Null:
      break;
    case Type::CompactArray:
      data.shape.push_back(shape_from_json(json.at("of"), 0));
      [[fallthrough]];
    case Type::Array:
    case Type::Structure:
      for (std::size_t i = 0; i < json.size("items") && json.ok(); ++i) {
        data.items.push_back(data_from_json(json.at("items").at(i), depth + 1));
      }
      break;
    case Type::BitString:
      data.bits = static_cast<std::uint32_t>(json.number("bits", 0, 0xFFFF));
      data.bytes = json.hex("hex");
      if (data.bytes.size() != (data.bits + 7) / 8) json.fail(ErrorCode::BadLength, "bits");
      break;
    case Type::OctetString:
    case Type::VisibleString:
    case Type::Utf8String:
      data.bytes = json.hex("hex");
      break;
    default:
      data.number = number_of(json, data.type);
  }
  return data;
}

/// A get carries no data and a set brings none back: such an element has no field.
Json item_data(const Data& data, FieldCursor& cursor) {
  return data.type != Type::Null ? data_to_json(data, cursor) : Json{{"type", dlms::to_string(Type::Null)}};
}

/// What the protected block of an instruction holds, where it was opened.
void add_decrypted(Json& json, const Decoded& decoded, const Instruction& instruction) {
  if (!instruction.encrypted) return;
  if (instruction.opened) {
    FieldCursor cursor(decoded.values_of(instruction));
    const auto& opened = decoded.opened[instruction.block];
    if (opened.type != Type::Structure) {
      json["decrypted"] = data_to_json(opened, cursor);
      return;
    }
    json["decrypted"] = Json{{"type", dlms::to_string(opened.type)}, {"items", Json::array()}};
    for (const auto& item : opened.items) json["decrypted"]["items"].push_back(data_to_json(item, cursor));
  } else if (instruction.block < decoded.plain.size()) {
    json["decrypted"] = Json{{"hex", to_hex(decoded.plain[instruction.block])}};
  }
}

std::string invoke_text(std::uint32_t invoke_id) { return fmt::format("{:08x}", invoke_id); }

void add_name(Json& item, const Instruction& instruction) {
  if (!instruction.name.empty()) item["name"] = instruction.name;
}

Json to_json(const dlms::AccessRequest& request, const Decoded& decoded) {
  Json items = Json::array();
  for (std::size_t i = 0; i < request.specifications.size(); ++i) {
    const auto& specification = request.specifications[i];
    const auto& instruction = decoded.instructions[i];
    FieldCursor cursor(decoded.fields_of(instruction));
    Json item = Json::object();
    add_name(item, instruction);
    item["choice"] = kChoices[static_cast<std::size_t>(specification.choice)];
    item["class"] = specification.class_id;
    item["instance"] = to_hex(specification.instance);
    item["obis"] = dlms::to_string(specification.instance);
    item[specification.choice == Choice::Action ? "method" : "attribute"] = specification.index;
    if (specification.choice == Choice::GetSelected) {
      item["selector"] = specification.selector;
      item["selection"] = data_to_json(specification.selection, cursor);
    }
    item["data"] = item_data(request.data[i], cursor);
    items.push_back(std::move(item));
  }
  return Json{
      {"format", "dlms"}, {"apdu", "access-request"}, {"invoke_id", invoke_text(request.invoke_id)}, {"items", items}};
}

/// The object of a response's item stands under `object`: the members of a request would be read as such.
Json object_json(const names::Object& object) {
  return Json{{"class", object.class_id},
              {"obis", dlms::to_string(object.obis())},
              {object.access == names::Access::Attribute ? "attribute" : "method", object.index}};
}

Json to_json(const dlms::AccessResponse& response, const Decoded& decoded) {
  Json items = Json::array();
  for (std::size_t i = 0; i < response.data.size(); ++i) {
    const auto& result = response.results[i];
    const auto& instruction = decoded.instructions[i];
    FieldCursor cursor(decoded.fields_of(instruction));
    Json item = Json::object();
    add_name(item, instruction);
    if (instruction.object != nullptr) item["object"] = object_json(*instruction.object);
    item["choice"] = kChoices[static_cast<std::size_t>(result.choice)];
    item["result"] = result.code;
    if (const auto name = dlms::result_name(result.code); !name.empty()) item["result_name"] = name;
    item["data"] = item_data(response.data[i], cursor);
    add_decrypted(item, decoded, instruction);
    items.push_back(std::move(item));
  }
  return Json{{"format", "dlms"},
              {"apdu", "access-response"},
              {"invoke_id", invoke_text(response.invoke_id)},
              {"items", items}};
}

Json to_json(const dlms::DataNotification& notification, const Decoded& decoded) {
  Json json{{"format", "dlms"}, {"apdu", "data-notification"}, {"invoke_id", invoke_text(notification.invoke_id)}};
  const auto& instruction = decoded.instructions.front();
  const auto code = decoded.alert_code;
  json["alert"] = Json{{"code", fmt::format("{:04x}", code)}};
  if (const auto name = alert_name(code); !name.empty()) json["alert"]["name"] = name;
  FieldCursor cursor(decoded.fields_of(instruction));
  const auto& body = notification.body;
  json["body"] = Json{{"type", dlms::to_string(body.type)}};
  if (body.type == Type::Array || body.type == Type::Structure || body.type == Type::CompactArray) {
    if (!body.shape.empty()) json["body"]["of"] = shape_to_json(body.shape.front());
    json["body"]["items"] = Json::array();
    for (const auto& item : body.items) json["body"]["items"].push_back(data_to_json(item, cursor));
  } else {
    json["body"] = data_to_json(body, cursor);
  }
  add_decrypted(json, decoded, instruction);
  return json;
}

Choice choice_of(const JsonView& json) {
  const auto text = json.text("choice");
  for (std::uint8_t i = 1; i < std::size(kChoices); ++i) {
    if (text == kChoices[i]) return static_cast<Choice>(i);
  }
  json.fail(ErrorCode::UnknownCode, "choice");
  return Choice::Get;
}

dlms::AccessRequest request_from_json(const JsonView& json) {
  dlms::AccessRequest request;
  for (std::size_t i = 0; i < json.size("items") && json.ok(); ++i) {
    const auto item = json.at("items").at(i);
    dlms::Specification specification;
    specification.choice = choice_of(item);
    specification.class_id = static_cast<std::uint16_t>(item.number("class", 0, 0xFFFF));
    const auto instance = item.hex("instance");
    if (instance.size() != 6) {
      item.fail(ErrorCode::BadLength, "instance");
      break;
    }
    std::copy(instance.begin(), instance.end(), specification.instance.begin());
    specification.index = static_cast<std::uint8_t>(
        item.number(specification.choice == Choice::Action ? "method" : "attribute", 0, 0xFF));
    if (specification.choice == Choice::GetSelected) {
      specification.selector = static_cast<std::uint8_t>(item.number("selector", 0, 0xFF));
      specification.selection = data_from_json(item.at("selection"));
    }
    request.specifications.push_back(std::move(specification));
    request.data.push_back(data_from_json(item.at("data")));
  }
  return request;
}

dlms::AccessResponse response_from_json(const JsonView& json) {
  dlms::AccessResponse response;
  for (std::size_t i = 0; i < json.size("items") && json.ok(); ++i) {
    const auto item = json.at("items").at(i);
    response.results.push_back({choice_of(item), static_cast<std::uint8_t>(item.number("result", 0, 0xFF))});
    response.data.push_back(data_from_json(item.at("data")));
  }
  return response;
}

}  // namespace

Json dlms_to_json(const Decoded& decoded) {
  const auto& apdu = std::get<dlms::Apdu>(decoded.content);
  if (const auto* request = std::get_if<dlms::AccessRequest>(&apdu)) return to_json(*request, decoded);
  if (const auto* response = std::get_if<dlms::AccessResponse>(&apdu)) return to_json(*response, decoded);
  return to_json(std::get<dlms::DataNotification>(apdu), decoded);
}

Bytes dlms_from_json(const JsonView& json) {
  const auto form = json.text("apdu");
  const auto invoke_id = static_cast<std::uint32_t>(json.hex_number("invoke_id", 8));
  dlms::Apdu apdu;
  if (form == "access-request") {
    apdu = request_from_json(json);
  } else if (form == "access-response") {
    apdu = response_from_json(json);
  } else if (form == "data-notification") {
    apdu = dlms::DataNotification{0, data_from_json(json.at("body"))};
  } else {
    json.fail(ErrorCode::UnknownCode, "apdu");
  }
  std::visit([&](auto& value) { value.invoke_id = invoke_id; }, apdu);
  return dlms::write_apdu(apdu);
}

}  // namespace meterway::gbcs::document
