#pragma once
#include <string>

#include "base/net/http.h"

namespace meterway::apps {

/// An HTTP refusal for a person: status, what and why of a problem+json (RFC 9457), or the body as it came.
std::string describe_problem(const net::HttpResponse& response);

}  // namespace meterway::apps
