#pragma once
#include <nlohmann/json.hpp>

#include "flow/gateway/faces.h"
#include "flow/tracing/keys.h"
#include "flow/tracing/story.h"
#include "flow/tracing/verdict.h"

namespace meterway::flow::tracing {

/// What of a trace its reader is shown.
struct Showing {
  std::optional<gateway::Face> face;  ///< messages in words as well
  bool bytes = true;                  ///< payloads, in hexadecimal or decoded
};

/// The whole answer of GET /api/v1/trace/<key>.
nlohmann::json trace_json(const Story& story, const std::vector<KeyName>& keys, const Showing& showing,
                          const Context& context);
nlohmann::json verdict_json(const Verdict& verdict);

}  // namespace meterway::flow::tracing
