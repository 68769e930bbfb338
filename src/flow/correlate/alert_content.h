#pragma once
#include <optional>
#include <vector>

#include "standard/gbcs/message.h"

namespace meterway::flow::correlate {

/// What the platform reads of an alert in order to route it; the rest is the User's to read.
struct AlertContent {
  MessageCode code;  ///< 8F12, 81A0, ...
  /// Outcome of a future-dated instruction (8F66 done, 8F67 failed): the command it stood in.
  std::optional<OriginatorCounter> of_command;
};

/// Reads the content of an alert: DLMS data notification, GBZ alert or ASN.1, told apart by their first byte.
/// Errors: those of the readers; BadValue when the alert code is not where it belongs.
Result<AlertContent> read_alert_content(const gbcs::Message& alert);

/// One entry of a hub's device log, as alert 8F12 lists them.
struct LogEntry {
  Eui64 device;
  bool has_link_key = false;  ///< its hash is there: the device has joined
};
/// Errors: BadValue when the content is not that of 8F12.
Result<std::vector<LogEntry>> read_device_log(const gbcs::Message& alert);

}  // namespace meterway::flow::correlate
