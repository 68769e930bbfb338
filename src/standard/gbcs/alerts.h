#pragma once
#include <string>
#include <utility>
#include <vector>

#include "standard/ids/ids.h"

namespace meterway::gbcs {

/// "Future dated operation: ..."; empty when spec/device_alerts.tsv has no name for the alert code.
std::string_view alert_name(std::uint16_t alert_code);

/// What an alert of a message code carries beside alert code and time (spec/alert_contents.tsv).
struct AlertElement {
  MessageCode code;
  std::size_t element;  ///< of the DLMS body, counting alert code and time; 0 for the detail of a GBZ alert
  std::string_view name;
  std::string_view layout;  ///< "message_code:hex2 counter:u64"; empty when the element is no run of fields
};
/// Null when there is no row.
const AlertElement* find_alert_element(MessageCode code, std::size_t element);

/// The fields of such an element as text, in order; none when the bytes do not fit the layout.
std::vector<std::pair<std::string, std::string>> alert_fields(const AlertElement& element, ByteView bytes);

}  // namespace meterway::gbcs
