#pragma once
#include <optional>

#include "standard/duis/element.h"
#include "standard/mmc/value.h"

namespace meterway::mmc {

/// MessageSuccess of a DLMS or GBZ response (ours; no source tells): every instruction went well. Beside one that did,
/// a GBZ "not found" counts for nothing: logs are read by more commands than they may have entries.
bool all_went_well(const Content& content);

/// DebugInfo: how each instruction went; nothing for ASN.1, which has no place there.
std::optional<duis::Element> debug_info(const Content& content);

}  // namespace meterway::mmc
