#pragma once
#include <map>
#include <string>
#include <vector>

#include "field/device/context.h"

namespace meterway::field {

/// What somebody who raises an alert says of it: "image_hash" -> "a1a1..", "start" -> "2026-01-12T08:00:00Z".
using AlertParameters = std::map<std::string, std::string>;

/// A parameter of an alert's content, as spec/device_alert_contents.tsv has it.
struct AlertParameter {
  std::string_view name, type;
  std::string_view value;  ///< the default, or an example
  bool required = false;
};

/// The parameters of alerts with this message code; none when they carry code and time alone.
std::vector<AlertParameter> alert_parameters(MessageCode message);

/// Fills in what the alert carries beside code and time: elements, detail or ASN.1 of `alert`, whose code, message and
/// recipient are set. `counter` is that of its header (what is encrypted for the addressee depends on it).
/// Errors: a sentence, for a parameter that is missing, unknown or cannot be read.
Result<void, std::string> fill_alert(AlertRequest& alert, const AlertParameters& given, const Identity& self,
                                     const TrustAnchors& anchors, const DeviceState& state, OriginatorCounter counter,
                                     UtcTime now);

}  // namespace meterway::field
