#pragma once
#include <optional>

#include "base/net/http.h"
#include "flow/envelope/context.h"

namespace meterway::flow {

/// Schedules over HTTP, to be read. The operator sees all; a User his own, a person of a party those of
/// its Users; nobody else sees that there are any. They are made and deleted by service requests alone (5.1, 5.3).
///
///     GET /api/v1/schedules[?user=EUI][&device=EUI][&after=ID][&limit=N]    in pages of at most 1000
///     GET /api/v1/schedules/ID
///
/// None when the path is none of these.
std::optional<net::HttpResponse> serve_schedules(const net::HttpRequest& http, const Context& context);

}  // namespace meterway::flow
