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

/// What an octet string is by its length: a date-time, an instance, an identifier of a device.
std::string octets_note(ByteView bytes) {
  if (bytes.size() == 12) return date_time_text(bytes);
  if (bytes.size() == 6 && bytes[5] == 0xFF) {
    dlms::Obis obis{};
    std::copy(bytes.begin(), bytes.end(), obis.begin());
    return dlms::to_string(obis);
  }
  return {};
}

Json data_to_json(const Data& data) {
  Json json{{"type", dlms::to_string(data.type)}};
  switch (data.type) {
    case Type::Null:
      break;
    case Type::Array:
    case Type::Structure:
    case Type::CompactArray:
      if (!data.shape.empty()) json["of"] = shape_to_json(data.shape.front());
      json["items"] = Json::array();
      for (const auto& item : data.items) json["items"].push_back(data_to_json(item));
      break;
    case Type::BitString:
      json["bits"] = data.bits;
      json["hex"] = to_hex(data.bytes);
      break;
    case Type::OctetString:
    case Type::VisibleString:
    case Type::Utf8String:
      json["hex"] = to_hex(data.bytes);
      if (const auto note = octets_note(data.bytes); !note.empty() && data.type == Type::OctetString) {
        json["note"] = note;
      } else {
        note_text(json, data.bytes);
      }
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

Json decrypted_to_json(ByteView block, const Decrypt& decrypt) {
  const auto plain = decrypt(block);
  if (!plain) return {};
  const auto data = dlms::read_data(*plain);
  return data ? data_to_json(*data) : Json{{"hex", to_hex(*plain)}};
}

void note_decrypted(Json& json, const Data& data, const Decrypt& decrypt) {
  const auto block = dlms::protected_block(data);
  if (block.empty()) return;
  if (auto plain = decrypted_to_json(block, decrypt); !plain.is_null()) json["decrypted"] = std::move(plain);
}

std::string invoke_text(std::uint32_t invoke_id) { return fmt::format("{:08x}", invoke_id); }

Json to_json(const dlms::AccessRequest& request) {
  Json items = Json::array();
  for (std::size_t i = 0; i < request.specifications.size(); ++i) {
    const auto& specification = request.specifications[i];
    Json item{{"choice", kChoices[static_cast<std::size_t>(specification.choice)]},
              {"class", specification.class_id},
              {"instance", to_hex(specification.instance)},
              {"obis", dlms::to_string(specification.instance)},
              {specification.choice == Choice::Action ? "method" : "attribute", specification.index}};
    if (specification.choice == Choice::GetSelected) {
      item["selector"] = specification.selector;
      item["selection"] = data_to_json(specification.selection);
    }
    item["data"] = data_to_json(request.data[i]);
    items.push_back(std::move(item));
  }
  return Json{
      {"format", "dlms"}, {"apdu", "access-request"}, {"invoke_id", invoke_text(request.invoke_id)}, {"items", items}};
}

Json to_json(const dlms::AccessResponse& response, const Decrypt& decrypt) {
  Json items = Json::array();
  for (std::size_t i = 0; i < response.data.size(); ++i) {
    const auto& result = response.results[i];
    Json item{{"choice", kChoices[static_cast<std::size_t>(result.choice)]}, {"result", result.code}};
    if (const auto name = dlms::result_name(result.code); !name.empty()) item["result_name"] = name;
    item["data"] = data_to_json(response.data[i]);
    note_decrypted(item, response.data[i], decrypt);
    items.push_back(std::move(item));
  }
  return Json{{"format", "dlms"},
              {"apdu", "access-response"},
              {"invoke_id", invoke_text(response.invoke_id)},
              {"items", items}};
}

/// The elements of an alert by name: the code, the time, then what the message code says.
Json alert_to_json(const Header& header, const Data& body) {
  Json alert = Json::object();
  if (body.type != Type::Structure || body.items.size() < 2 || body.items[0].type != Type::Uint16) return alert;
  const auto code = static_cast<std::uint16_t>(body.items[0].number);
  alert["code"] = fmt::format("{:04x}", code);
  if (const auto name = alert_name(code); !name.empty()) alert["name"] = name;
  alert["time"] = date_time_text(body.items[1].bytes);
  for (std::size_t i = 2; i < body.items.size(); ++i) {
    const auto* row = find_alert_element(header.code, i);
    if (row == nullptr) continue;
    const auto& item = body.items[i];
    Json element = data_to_json(item);
    for (const auto& [name, value] : alert_fields(*row, item.bytes)) element["fields"][name] = value;
    alert[std::string(row->name)] = std::move(element);
  }
  return alert;
}

Json to_json(const Header& header, const dlms::DataNotification& notification, const Decrypt& decrypt) {
  Json json{{"format", "dlms"}, {"apdu", "data-notification"}, {"invoke_id", invoke_text(notification.invoke_id)}};
  json["alert"] = alert_to_json(header, notification.body);
  json["body"] = data_to_json(notification.body);
  note_decrypted(json, notification.body, decrypt);
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

Result<Json> dlms_to_json(const Header& header, ByteView content, const Decrypt& decrypt) {
  METERWAY_TRY(const auto apdu, dlms::read_apdu(content));
  if (const auto* request = std::get_if<dlms::AccessRequest>(&apdu)) return to_json(*request);
  if (const auto* response = std::get_if<dlms::AccessResponse>(&apdu)) return to_json(*response, decrypt);
  return to_json(header, std::get<dlms::DataNotification>(apdu), decrypt);
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
