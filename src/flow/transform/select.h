#pragma once
#include <string_view>
#include <vector>

#include "flow/transform/device_facts.h"
#include "standard/duis/element.h"
#include "standard/ids/ids.h"

namespace meterway::flow::transform {

/// Every element that "A/B/C" leads to below `at`, through all children of each name; "." is `at` itself. Elements that
/// carry an `index` attribute come in the order of their index, whatever the order in the document.
std::vector<const duis::Element*> select(const duis::Element& at, std::string_view path);

/// What a row of the tables may ask besides the body.
struct Circumstances {
  bool network_operator = false;           ///< "role=NetworkOperator": the requesting party's certificate says so
  bool load_controller = false;            ///< "role=LoadController"
  DeviceFacts facts{};                     ///< "twin", "polyphase", "gbcs<3.0", "gbcs>=3.0": of the target
  DeviceType other = DeviceType::Unknown;  ///< "other=GSME": of the device that a join names
};

/// Whether all words of `conditions` hold: "A/B" (is there), "!A/B" (is not), "A/B=text" (one of them has that text),
/// "A/B|C/D" (either is there), "role=...", "twin", "!twin", "polyphase", "other=...", "gbcs<3.0" and "gbcs>=3.0" (of
/// which neither holds while the version is not known). "-" and "" always hold.
bool holds(std::string_view conditions, const duis::Element& at, const Circumstances& circumstances);

}  // namespace meterway::flow::transform
