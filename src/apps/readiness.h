#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/net/http.h"

namespace meterway::apps {

/// What has to be right for a node to take requests. Who asks without a name learns which check fails, and not why.
///
///     GET /readyz            {"status": "ready" | "draining" | "failing"}; 503 with Retry-After unless ready
///     GET /readyz?checks     besides "checks": [{"name", "state": "ok" | "failing"}, ...]
struct Check {
  std::string name;
  std::function<bool()> holds;
};

net::HttpResponse answer_readiness(const net::HttpRequest& http, bool draining, const std::vector<Check>& checks);

}  // namespace meterway::apps
