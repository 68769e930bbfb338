#pragma once
#include <nlohmann/json_fwd.hpp>

#include "portal/server/ask.h"
#include "standard/duis/services.h"

namespace meterway::portal {

/// What access control says of a request as things stand now: {"allowed", "answer", "code"?, "sentence"?, "as"?,
/// "rule", "words"?, "lines": every question with its rule}. `with_data`: what the questions were answered from, too,
/// which is for those who may ask for explanations (access.explain). Errors: Database.
Result<nlohmann::json> access_now(Eui64 user, Eui64 target, const duis::Service& service, CommandVariant variant,
                                  bool with_data, const Portal& portal);

}  // namespace meterway::portal
