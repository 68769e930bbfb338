#include "field/device/alert_contents.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/util/hex.h"
#include "base/wire/writer.h"
#include "field/device/billing_alert.h"
#include "field/device/hub_log.h"
#include "field/device/joins.h"
#include "field/device/times.h"
#include "standard/gbcs/asn1.h"

namespace meterway::field {
namespace {

using gbcs::asn1::Node;
using gbcs::dlms::Data;
using gbcs::dlms::Type;
using Why = Unexpected<std::string>;

enum class AlertForm : std::uint8_t { Elements, Structure, Octets, Der, Detail, Asn1, Log, Billing };

struct AlertContentRow {
  MessageCode message;
  AlertForm form;
  std::string_view parts;
};
constexpr AlertContentRow kContents[] = {
#include "field/device/alert_contents.inc"
};

constexpr std::uint8_t kOctetString = 0x04;

const AlertContentRow* content_row(MessageCode message) {
  const auto* row = std::find_if(std::begin(kContents), std::end(kContents),
                                 [&](const AlertContentRow& one) { return one.message == message; });
  return row == std::end(kContents) ? nullptr : row;
}

/// "name:type=default" or "name:type!example".
AlertParameter read_part(std::string_view part) {
  const auto colon = part.find(':');
  const auto mark = part.find_first_of("=!", colon);
  return {part.substr(0, colon), part.substr(colon + 1, mark - colon - 1), part.substr(mark + 1), part[mark] == '!'};
}

/// One value as the message carries it: a number, bytes, or a text.
struct Value {
  std::string_view type;
  std::uint64_t number = 0;
  std::size_t size = 0;  ///< of a number, in bytes
  Bytes bytes;
};

bool is_number(std::string_view type) { return type.front() == 'u'; }

Result<std::uint64_t> read_number(std::string_view text, std::size_t size) {
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size() || (size < 8 && value >> (8 * size) != 0))
    return fail(ErrorCode::OutOfRange);
  return value;
}

/// "now", "now-600", or ISO 8601.
Result<UtcTime> read_when(std::string_view text, UtcTime now) {
  if (!text.starts_with("now")) return from_iso8601(text);
  text.remove_prefix(3);
  if (text.empty()) return now;
  METERWAY_TRY(const auto seconds, read_number(text.substr(1), 4));
  const std::chrono::seconds by(seconds);
  if (text.front() == '-') return now - by;
  if (text.front() == '+') return now + by;
  return fail(ErrorCode::BadDateTime);
}

/// "0-0:94.44.128.28"
Result<Bytes> read_obis(std::string_view text) {
  Bytes out;
  while (!text.empty()) {
    const auto end = text.find_first_of("-:.");
    METERWAY_TRY(const auto group, read_number(text.substr(0, end), 1));
    out.push_back(static_cast<std::uint8_t>(group));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  if (out.size() != 6) return fail(ErrorCode::BadLength);
  return out;
}

Result<Value> read_value(std::string_view type, std::string_view text, UtcTime now) {
  Value value;
  value.type = type;
  if (is_number(type)) {
    value.size = type == "u8" ? 1 : type == "u16" ? 2 : 8;
    METERWAY_TRY(value.number, read_number(text, value.size));
  } else if (type == "eui") {
    METERWAY_TRY(const auto eui, Eui64::parse(text));
    const auto wire = eui.wire();
    value.bytes.assign(wire.begin(), wire.end());
  } else if (type == "time") {
    METERWAY_TRY(const auto time, read_when(text, now));
    const auto wire = dlms_date_time(time);
    value.bytes.assign(wire.begin(), wire.end());
  } else if (type == "obis") {
    METERWAY_TRY(value.bytes, read_obis(text));
  } else if (type == "text") {
    value.bytes.assign(text.begin(), text.end());
  } else {  // hexN, bitsN
    std::size_t size = 0;
    const auto digits = type.substr(type.starts_with("hex") ? 3 : 4);
    std::from_chars(digits.data(), digits.data() + digits.size(), size);
    METERWAY_TRY(value.bytes, from_hex(text));
    if (value.bytes.size() != size) return fail(ErrorCode::BadLength);
  }
  return value;
}

Data dlms_value(const Value& value) {
  if (is_number(value.type)) {
    const auto type = value.size == 1 ? Type::Uint8 : value.size == 2 ? Type::Uint16 : Type::Uint64;
    return Data::of(type, static_cast<std::int64_t>(value.number));
  }
  if (value.type == "text")
    return Data::text(Type::Utf8String, {reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()});
  auto data = Data::octets(value.bytes);
  if (value.type.starts_with("bits")) {
    data.type = Type::BitString;
    data.bits = static_cast<std::uint32_t>(value.bytes.size() * 8);
  }
  return data;
}

Node asn1_value(const Value& value) {
  return is_number(value.type) ? Node::integer(value.number) : Node::of(kOctetString, value.bytes);
}

Bytes run_together(const std::vector<Value>& values) {
  wire::Writer out;
  for (const auto& value : values) {
    if (is_number(value.type)) {
      out.number(value.number, value.size);
    } else {
      out.bytes(value.bytes);
    }
  }
  return out.take();
}

Bytes asn1_alert(std::uint16_t alert, UtcTime now, std::vector<Node> rest) {
  rest.insert(rest.begin(), {Node::integer(alert), generalized_time(now)});
  return gbcs::asn1::write(Node::sequence(std::move(rest)));
}

/// 8F12 tells of a hub's whole log, 8071 of a gas proxy's.
void fill_log(AlertRequest& alert, const Identity& self, const DeviceState& state, UtcTime now) {
  if (self.type == DeviceType::CHF) {
    alert.elements = {log_backup(self, state, state.device_log, now)};
    return;
  }
  alert.asn1 = asn1_alert(alert.alert, now, {joined_entries(state)});
}

}  // namespace

std::vector<AlertParameter> alert_parameters(MessageCode message) {
  std::vector<AlertParameter> out;
  const auto* row = content_row(message);
  auto parts = row == nullptr ? std::string_view() : row->parts;
  while (!parts.empty()) {
    const auto blank = parts.find(' ');
    out.push_back(read_part(parts.substr(0, blank)));
    parts = blank == std::string_view::npos ? std::string_view() : parts.substr(blank + 1);
  }
  return out;
}

Result<void, std::string> fill_alert(AlertRequest& alert, const AlertParameters& given, const Identity& self,
                                     const TrustAnchors& anchors, const DeviceState& state, OriginatorCounter counter,
                                     UtcTime now) {
  const auto* row = content_row(alert.code);
  std::set<std::string_view> known;
  std::vector<Value> values;
  for (const auto& parameter : alert_parameters(alert.code)) {
    known.insert(parameter.name);
    const auto own = given.find(std::string(parameter.name));
    const std::string called = std::string(parameter.name) + ":" + std::string(parameter.type);
    if (own == given.end() && parameter.required)
      return Why{"wants parameter " + called + ", such as " + std::string(parameter.value)};
    auto value = read_value(parameter.type, own == given.end() ? parameter.value : std::string_view(own->second), now);
    if (!value) return Why{"parameter " + called + " cannot be read"};
    values.push_back(*std::move(value));
  }
  for (const auto& [name, value] : given) {
    if (known.count(name) != 0) continue;
    std::string all;
    for (const auto one : known) all += (all.empty() ? "" : ", ") + std::string(one);
    return Why{"has no parameter " + name + (all.empty() ? "" : ", but " + all)};
  }
  if (row == nullptr) return {};
  switch (row->form) {
    case AlertForm::Elements:
      for (const auto& value : values) alert.elements.push_back(dlms_value(value));
      break;
    case AlertForm::Structure: {
      std::vector<Data> members;
      for (const auto& value : values) members.push_back(dlms_value(value));
      alert.elements.push_back(Data::structure(std::move(members)));
      break;
    }
    case AlertForm::Octets:
      alert.elements.push_back(Data::octets(run_together(values)));
      break;
    case AlertForm::Der:
    case AlertForm::Asn1: {
      std::vector<Node> items;
      for (const auto& value : values) items.push_back(asn1_value(value));
      if (row->form == AlertForm::Asn1) {
        alert.asn1 = asn1_alert(alert.alert, now, std::move(items));
      } else {
        alert.elements.push_back(Data::octets(gbcs::asn1::write(Node::sequence(std::move(items)))));
      }
      break;
    }
    case AlertForm::Detail:
      alert.detail = run_together(values);
      break;
    case AlertForm::Log:
      fill_log(alert, self, state, now);
      break;
    case AlertForm::Billing: {
      const auto* reader = anchors.held_by(alert.recipient, pki::KeyUse::KeyAgreement);
      if (reader == nullptr) return Why{"is encrypted, and the device has no key agreement key of its addressee"};
      if (!add_billing_data(alert, self, reader->key, state.registers, counter, now))
        return Why{"could not be encrypted"};
      break;
    }
  }
  // A gas device's detail counts as one component.
  alert.count = alert.detail.empty() ? 0 : 1;
  return {};
}

}  // namespace meterway::field
