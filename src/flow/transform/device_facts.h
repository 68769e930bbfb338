#pragma once
#include <string_view>

namespace meterway::flow::transform {

/// A GBCS version, such as 4.2. Absent (0.0) where the inventory does not say.
struct GbcsVersion {
  int major = 0;
  int minor = 0;
  bool known() const { return major != 0; }
  friend auto operator<=>(const GbcsVersion&, const GbcsVersion&) = default;
};

/// "4.2", "v3.0", "2"; what follows a second point is left out. Anything else is no version.
GbcsVersion parse_gbcs_version(std::string_view text);

/// What the inventory knows of a device and a use case may depend on.
struct DeviceFacts {
  bool twin_element = false;  ///< an electricity meter that measures a second element: ESMEVariant with B
  bool one_element = false;   ///< known to measure but one: ESMEVariant with A or C
  bool polyphase = false;     ///< an electricity meter of three phases: ESMEVariant with C
  GbcsVersion gbcs;           ///< DeviceGBCSVersion
};

/// `esme_variant`: the ESMEVariant of DUIS, A (single element), B (twin) or C (polyphase) with letters for what else it
/// has; empty when not known. Not known counts as single phase, and as a single
/// element where a body does not name a second.
DeviceFacts device_facts(std::string_view esme_variant, std::string_view gbcs_version);

}  // namespace meterway::flow::transform
