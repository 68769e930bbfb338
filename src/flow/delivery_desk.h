#pragma once
#include <optional>

#include "base/net/http.h"
#include "flow/deliver/postman.h"
#include "flow/envelope/context.h"

namespace meterway::flow {

/// What is owed and what was given up, over HTTP. The operator sees all Users and may change; a User sees his own,
/// a person of a party that of its Users; nobody else sees that there is anything.
///
///     GET    /api/v1/backlog[?user=EUI]
///     GET    /api/v1/deliveries[?user=EUI][&after=ID][&limit=N]   those given up, in pages of at most 1000
///     POST   /api/v1/deliveries/ID/retry                          204: back in the queue
///     DELETE /api/v1/deliveries/ID                                204: off the record
///
/// None when the path is none of these.
std::optional<net::HttpResponse> serve_deliveries(const net::HttpRequest& http, deliver::Postman& postman,
                                                  const Context& context);

}  // namespace meterway::flow
