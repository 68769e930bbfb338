#pragma once
#include <cstdint>
#include <string_view>

namespace meterway::gbcs {

/// "Future dated operation: ..."; empty when spec/device_alerts.tsv has no name for the alert code.
std::string_view alert_name(std::uint16_t alert_code);

}  // namespace meterway::gbcs
