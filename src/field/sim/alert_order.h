#pragma once
#include <string>

#include "field/device/alert_contents.h"
#include "field/device/device.h"

namespace meterway::field {

/// "raise this alert of that device", as one line for a running estate:
///
///     alert 8f36 00db1234567890a0 start=2026-01-12T08:00:00Z end=now
///
/// In values everything but letters, digits and -.:+_ stands as %XX.
/// Errors: BadValue, BadHex, BadEui64.
struct AlertOrder {
  std::uint16_t alert = 0;
  Eui64 device;
  AlertParameters parameters;
};
std::string write_alert_order(const AlertOrder& order);
Result<AlertOrder> read_alert_order(const std::string& line);

/// An alert code as people write it: "8F36", "0x8f36". Errors: BadValue.
Result<std::uint16_t> parse_alert_code(std::string_view text);

/// What is said of an alert that was raised, or why it was not ("error"): JSON, one line.
std::string describe_raised(const AlertOrder& order, const Result<Raised, std::string>& raised);

}  // namespace meterway::field
