#include <algorithm>
#include <set>

#include "base/wire/reader.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/gbz.h"
#include "standard/gbcs/names.h"
#include "standard/gbcs/use_cases.h"
#include "standard/gbcs/zcl.h"
#include "standard/mmc/value.h"

namespace meterway::mmc {
namespace {

using gbcs::dlms::Data;
using gbcs::dlms::Type;

Value from_data(const Data& data) {
  Value value;
  switch (data.type) {
    case Type::Null:
      break;
    case Type::Array:
    case Type::Structure:
    case Type::CompactArray:
      value.kind = Value::Kind::List;
      value.items.reserve(data.items.size());
      for (const auto& item : data.items) value.items.push_back(from_data(item));
      break;
    case Type::BitString:
    case Type::OctetString:
    case Type::VisibleString:
    case Type::Utf8String:
      value = Value::of(ByteView(data.bytes));
      value.bits = data.bits;
      break;
    default:
      value = Value::of(data.number);
  }
  return value;
}

/// A protected answer as what it hides: absent when it cannot be opened.
Value opened(const Data& data, const Decrypt& decrypt) {
  const auto block = gbcs::dlms::protected_block(data);
  if (block.empty()) return from_data(data);
  const auto plain = decrypt(block);
  if (!plain) return {};
  const auto inner = gbcs::dlms::read_data(*plain);
  return inner ? from_data(*inner) : Value();
}

/// "7/1-0:99.1.0.255/2", of a method "30/0-0:43.2.8.255!1"; empty when nothing says what the item is.
std::string name_of(const gbcs::names::Item& item) {
  if (item.object == nullptr) return {};
  const bool is_attribute = item.object->access == gbcs::names::Access::Attribute;
  return std::to_string(item.object->class_id) + "/" + gbcs::dlms::to_string(item.object->obis()) +
         (is_attribute ? "/" : "!") + std::to_string(item.object->index);
}

Content response_content(MessageCode code, const gbcs::dlms::AccessResponse& response, const Decrypt& decrypt,
                         const gbcs::dlms::AccessRequest* command) {
  Content content;
  content.root.kind = Value::Kind::List;
  const auto items = gbcs::names::items_of(code, response, command);
  std::set<std::string> named;
  for (std::size_t i = 0; i < response.data.size(); ++i) {
    const auto& result = response.results[i];
    content.outcomes.push_back(
        {.position = i + 1, .is_action = result.choice == gbcs::dlms::Choice::Action, .code = result.code});
    auto value = result.code == 0 ? opened(response.data[i], decrypt) : Value();
    // A command may ask for one thing twice; it is told the same twice.
    auto name = i < items.size() ? name_of(items[i]) : std::string();
    if (named.insert(name).second) value.name = std::move(name);
    content.root.items.push_back(std::move(value));
  }
  return content;
}

Result<Content> dlms_content(const gbcs::Message& message, const Decrypt& decrypt,
                             const gbcs::dlms::AccessRequest* command) {
  METERWAY_TRY(const auto apdu, gbcs::dlms::read_apdu(message.content));
  if (const auto* response = std::get_if<gbcs::dlms::AccessResponse>(&apdu))
    return response_content(message.header.code, *response, decrypt, command);
  Content content;
  const auto* notification = std::get_if<gbcs::dlms::DataNotification>(&apdu);
  if (notification == nullptr) return fail(ErrorCode::Unsupported, 0, "a command");
  content.root = from_data(notification->body);
  if (!gbcs::dlms::protected_block(notification->body).empty()) {
    auto plain = opened(notification->body, decrypt);
    plain.name = "decrypted";
    content.root.items.push_back(std::move(plain));
  }
  return content;
}

bool holds_bytes(const gbcs::zcl::Field& field) {
  using gbcs::zcl::FieldType;
  const bool is_string_value = field.type == FieldType::Typed && (field.value_type == 0x41 || field.value_type == 0x42);
  return is_string_value || field.type == FieldType::String || field.type == FieldType::Date ||
         field.type == FieldType::Bytes;
}

Value from_fields(const std::vector<gbcs::zcl::Field>& fields) {
  Value list;
  list.kind = Value::Kind::List;
  for (const auto& field : fields) {
    Value value;
    if (field.type == gbcs::zcl::FieldType::Group) {
      value.kind = Value::Kind::List;
      for (const auto& item : field.items) value.items.push_back(from_fields(item));
    } else {
      value = holds_bytes(field) ? Value::of(ByteView(field.bytes)) : Value::of(field.number);
    }
    value.name = field.name;
    list.items.push_back(std::move(value));
  }
  return list;
}

std::string place_name(std::uint16_t cluster, unsigned number, int digits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string name;
  for (int shift = 12; shift >= 0; shift -= 4) name += kDigits[cluster >> shift & 0xF];
  name += '/';
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) name += kDigits[number >> shift & 0xF];
  return name;
}

/// Attributes stand one by one: its identifier, how reading it went, and the value.
void add_attributes(Content& content, std::uint16_t cluster, const Value& attributes) {
  for (const auto& item : attributes.items) {
    if (item.items.size() < 2) continue;
    const auto id = static_cast<std::uint16_t>(item.items[0].number);
    const auto code = static_cast<std::uint8_t>(item.items[1].number);
    content.outcomes.push_back({.cluster = cluster, .attribute = id, .code = code});
    if (code != 0 || item.items.size() < 3) continue;
    auto value = item.items[2];
    value.name = place_name(cluster, id, 4);
    content.root.items.push_back(std::move(value));
  }
}

const Value* child(const Value& value, std::string_view name) {
  const auto found = std::find_if(value.items.begin(), value.items.end(),
                                  [&](const Value& candidate) { return candidate.name == name; });
  return found == value.items.end() ? nullptr : &*found;
}

/// "entries" of Get Sampled Data Response: each sample with its time. FFFF seconds stand for a day (reference
/// messages).
void add_entries(Value& response) {
  constexpr std::int64_t kNoSample = 0xFFFFFF;
  const auto* start = child(response, "start");
  const auto* interval = child(response, "interval_seconds");
  if (start == nullptr || interval == nullptr) return;
  const std::int64_t step = interval->number == 0xFFFF ? 86400 : interval->number;
  Value entries;
  entries.kind = Value::Kind::List;
  entries.name = "entries";
  auto time = start->number;
  for (const auto& sample : response.items) {
    if (sample.name != "samples") continue;
    Value entry;
    entry.kind = Value::Kind::List;
    entry.items.push_back(Value::of(time));
    if (sample.number != kNoSample) entry.items.push_back(Value::of(sample.number));
    entries.items.push_back(std::move(entry));
    time += step;
  }
  response.items.push_back(std::move(entries));
}

void add_component(Content& content, const gbcs::gbz::Component& component, const Decrypt& decrypt) {
  Bytes payload = component.payload;
  if (component.encrypted_counter) {
    auto plain = decrypt(component.payload);
    if (!plain) return;
    payload = *std::move(plain);
  }
  const auto fields = gbcs::zcl::read_fields(component.cluster, component.frame_control, component.command, payload);
  if (!fields) return;
  auto value = from_fields(*fields);
  const bool is_general = (component.frame_control & 0x03) == 0;
  if (is_general) {
    if (const auto* attributes = child(value, "attributes"))
      return add_attributes(content, component.cluster, *attributes);
    const auto* command = child(value, "command");
    const auto* status = child(value, "status");
    if (command == nullptr || status == nullptr) return;
    content.outcomes.push_back({.cluster = component.cluster,
                                .command = static_cast<int>(command->number),
                                .code = static_cast<std::uint8_t>(status->number)});
    return;
  }
  content.outcomes.push_back({.cluster = component.cluster, .command = component.command});
  if (component.cluster == 0x0702 && component.command == 0x07) add_entries(value);
  value.name = place_name(component.cluster, component.command, 2);
  content.root.items.push_back(std::move(value));
}

Result<Content> gbz_content(const gbcs::Message& message, const Decrypt& decrypt) {
  Content content;
  content.format = Content::Format::Gbz;
  content.root.kind = Value::Kind::List;
  std::vector<gbcs::gbz::Component> components;
  if (message.header.kind == gbcs::Kind::Alert) {
    METERWAY_TRY(auto alert, gbcs::gbz::read_alert(message.content, message.header.code));
    content.root.items.push_back(Value::of(std::int64_t{alert.code}));
    content.root.items.push_back(Value::of(std::int64_t{alert.time.seconds}));
    content.root.items.push_back(Value::of(ByteView(alert.detail)));
    components = std::move(alert.components);
  } else {
    METERWAY_TRY(auto frames, gbcs::gbz::read_frames(message.content));
    components = std::move(frames.components);
  }
  for (const auto& component : components) add_component(content, component, decrypt);
  return content;
}

Value from_node(const gbcs::asn1::Node& node) {
  Value value;
  value.tag = node.tag;
  if (node.constructed()) {
    value.kind = Value::Kind::List;
    value.bytes = gbcs::asn1::write(node);
    for (const auto& item : node.items) value.items.push_back(from_node(item));
    return value;
  }
  const bool is_number = node.tag == 0x02 || node.tag == 0x0A || (node.tag & 0xC0) == 0x80;
  const auto number = is_number ? gbcs::asn1::integer_value(node) : fail(ErrorCode::BadValue);
  if (number) {
    value.kind = Value::Kind::Number;
    value.number = static_cast<std::int64_t>(*number);
  } else if (node.tag != 0x05) {
    value = Value::of(ByteView(node.value));
    value.tag = node.tag;
  }
  return value;
}

Result<Content> asn1_content(const gbcs::Message& message) {
  METERWAY_TRY(const auto node, gbcs::asn1::read(message.content));
  Content content;
  content.format = Content::Format::Asn1;
  content.root = from_node(node);
  return content;
}

}  // namespace

Value Value::of(std::int64_t number) {
  Value value;
  value.kind = Kind::Number;
  value.number = number;
  return value;
}

Value Value::of(ByteView bytes) {
  Value value;
  value.kind = Kind::Bytes;
  value.bytes.assign(bytes.begin(), bytes.end());
  std::uint64_t number = 0;
  if (bytes.size() <= sizeof number) {
    for (const auto byte : bytes) number = number << 8 | byte;
  }
  value.number = static_cast<std::int64_t>(number);
  return value;
}

Result<Content> read_content(const gbcs::Message& message, const Decrypt& decrypt,
                             const gbcs::dlms::AccessRequest* command) {
  const auto* use_case = gbcs::find_use_case(message.header.code);
  if (use_case == nullptr || message.header.kind == gbcs::Kind::Command)
    return fail(ErrorCode::Unsupported, 0, "no response or alert of a known use case");
  auto payload = use_case->payload;
  if (payload == gbcs::PayloadKind::ByDevice) {
    const bool is_gbz = !message.content.empty() && message.content[0] == 0x01;
    payload = is_gbz ? gbcs::PayloadKind::Gbz : gbcs::PayloadKind::Dlms;
  }
  switch (payload) {
    case gbcs::PayloadKind::Dlms:
      return dlms_content(message, decrypt, command);
    case gbcs::PayloadKind::Gbz:
      return gbz_content(message, decrypt);
    case gbcs::PayloadKind::Asn1:
      return asn1_content(message);
    default:
      return fail(ErrorCode::Unsupported, 0, "payload");
  }
}

}  // namespace meterway::mmc
