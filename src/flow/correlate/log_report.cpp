#include "flow/correlate/log_report.h"

#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"

namespace meterway::flow::correlate {
namespace {

constexpr MessageCode kHubLogChanged{0x8F12};
constexpr MessageCode kGasLogChanged{0x8071};
constexpr std::uint8_t kDlmsNotification = 0x0F;
constexpr std::size_t kIdentifierBytes = 8;
constexpr std::size_t kLogPlace = 2;  ///< after code and time

Unexpected<Error> no_log() { return fail(ErrorCode::BadValue, 0, "device log"); }

Result<registry::LogBackup> from_hub(const gbcs::Message& alert) {
  METERWAY_TRY(const auto apdu, gbcs::dlms::read_apdu(alert.content));
  const auto* notification = std::get_if<gbcs::dlms::DataNotification>(&apdu);
  if (notification == nullptr || notification->body.items.size() <= kLogPlace) return no_log();
  const auto& log = notification->body.items[kLogPlace];
  if (log.items.size() != 3 || log.items[1].bytes.size() != kIdentifierBytes) return no_log();
  registry::LogBackup out;
  out.network = log.items[1].bytes;
  for (const auto& item : log.items[2].items) {
    if (item.items.size() != 2 || item.items[0].bytes.size() != kIdentifierBytes) return no_log();
    out.entries.push_back({Eui64::from_wire_or_zero(item.items[0].bytes), item.items[1].bytes, 0});
  }
  return out;
}

Result<registry::LogBackup> from_gas_proxy(const gbcs::Message& alert) {
  METERWAY_TRY(const auto root, gbcs::asn1::read(alert.content));
  if (root.items.size() <= kLogPlace) return no_log();
  registry::LogBackup out;
  for (const auto& item : root.items[kLogPlace].items) {
    if (item.items.size() != 2 || item.items[0].value.size() != kIdentifierBytes) return no_log();
    METERWAY_TRY(const auto type, gbcs::asn1::integer_value(item.items[1]));
    if (type > 0xFF) return no_log();
    out.entries.push_back({Eui64::from_wire_or_zero(item.items[0].value), {}, static_cast<std::uint8_t>(type)});
  }
  return out;
}

}  // namespace

Result<registry::LogBackup> read_log_report(const gbcs::Message& alert) {
  if (alert.content.empty()) return no_log();
  METERWAY_TRY(auto log, alert.content[0] == kDlmsNotification ? from_hub(alert) : from_gas_proxy(alert));
  if (log.entries.size() > registry::kMostLogEntries) return fail(ErrorCode::TooLarge, 0, "device log");
  log.counter = alert.header.counter;
  return log;
}

std::function<Status(store::WriteView&)> keep_log_report(const gbcs::Message& alert, MessageCode alert_code) {
  if (alert_code != kHubLogChanged && alert_code != kGasLogChanged) return {};
  auto log = read_log_report(alert);
  if (!log) return {};
  return [owner = alert.header.originator, log = *std::move(log)](store::WriteView& view) {
    return registry::keep_log_backup(view, owner, log);
  };
}

}  // namespace meterway::flow::correlate
