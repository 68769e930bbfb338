#include "flow/correlate/alert_content.h"

#include "base/wire/reader.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/gbz.h"

namespace meterway::flow::correlate {
namespace {

using gbcs::dlms::Data;
using gbcs::dlms::Type;

constexpr std::uint8_t kDataNotification = 0x0F;
constexpr std::uint8_t kGbzProfile = 0x01;
constexpr MessageCode kFutureDatedDone{0x8F66};
constexpr MessageCode kFutureDatedFailed{0x8F67};
constexpr std::size_t kAlertTime = 2;  // elements of every notification: code, time

bool is_future_dated(MessageCode code) { return code == kFutureDatedDone || code == kFutureDatedFailed; }

/// message code:2 counter:8 ..., as FDA alerts begin.
OriginatorCounter counter_of(ByteView detail) {
  wire::Reader in(detail);
  in.u16("message code");
  return {in.u64("originator counter")};
}

Result<Data> notification(const gbcs::Message& alert) {
  METERWAY_TRY(auto apdu, gbcs::dlms::read_apdu(alert.content));
  auto* body = std::get_if<gbcs::dlms::DataNotification>(&apdu);
  if (body == nullptr || body->body.type != Type::Structure || body->body.items.size() < kAlertTime)
    return fail(ErrorCode::BadValue, 0, "data notification");
  return std::move(body->body);
}

Result<AlertContent> from_dlms(const gbcs::Message& alert) {
  METERWAY_TRY(const auto body, notification(alert));
  AlertContent out;
  if (body.items[0].type != Type::Uint16) return fail(ErrorCode::BadValue, 0, "alert code");
  out.code = {static_cast<std::uint16_t>(body.items[0].number)};
  if (is_future_dated(out.code) && body.items.size() > kAlertTime && body.items[kAlertTime].bytes.size() >= 10)
    out.of_command = counter_of(body.items[kAlertTime].bytes);
  return out;
}

Result<AlertContent> from_gbz(const gbcs::Message& alert) {
  METERWAY_TRY(const auto content, gbcs::gbz::read_alert(alert.content, alert.header.code));
  AlertContent out{{content.code}, std::nullopt};
  // Detail: 0E, the length, then message code and counter.
  if (is_future_dated(out.code) && content.detail.size() >= 11)
    out.of_command = counter_of(ByteView(content.detail).subspan(1));
  return out;
}

/// SEQ{ INTEGER alert code, time, INTEGER counter | SEQ{ INTEGER counter, ... } }
Result<AlertContent> from_asn1(const gbcs::Message& alert) {
  METERWAY_TRY(const auto root, gbcs::asn1::read(alert.content));
  if (root.items.empty()) return fail(ErrorCode::BadValue, 0, "alert code");
  METERWAY_TRY(const auto code, gbcs::asn1::integer_value(root.items[0]));
  AlertContent out{{static_cast<std::uint16_t>(code)}, std::nullopt};
  if (!is_future_dated(out.code) || root.items.size() <= kAlertTime) return out;
  const auto& after_time = root.items[kAlertTime];
  const auto* counter =
      after_time.constructed() ? (after_time.items.empty() ? nullptr : &after_time.items[0]) : &after_time;
  if (counter == nullptr) return out;
  METERWAY_TRY(const auto value, gbcs::asn1::integer_value(*counter));
  out.of_command = OriginatorCounter{value};
  return out;
}

}  // namespace

Result<AlertContent> read_alert_content(const gbcs::Message& alert) {
  if (alert.content.empty()) return fail(ErrorCode::Truncated, 0, "alert");
  if (alert.content[0] == kDataNotification) return from_dlms(alert);
  if (alert.content[0] == kGbzProfile) return from_gbz(alert);
  return from_asn1(alert);
}

Result<std::vector<LogEntry>> read_device_log(const gbcs::Message& alert) {
  METERWAY_TRY(const auto body, notification(alert));
  if (body.items.size() <= kAlertTime) return fail(ErrorCode::BadValue, 0, "device log");
  const auto& log =
      body.items[kAlertTime];  // structure{ time, extended PAN id, array of structure{ id, hashed link key } }
  if (log.items.size() != 3) return fail(ErrorCode::BadValue, 0, "device log");
  std::vector<LogEntry> entries;
  for (const auto& item : log.items[2].items) {
    if (item.items.size() != 2 || item.items[0].bytes.size() != 8)
      return fail(ErrorCode::BadValue, 0, "entry of the device log");
    entries.push_back({Eui64::from_wire_or_zero(item.items[0].bytes), !item.items[1].bytes.empty()});
  }
  return entries;
}

}  // namespace meterway::flow::correlate
