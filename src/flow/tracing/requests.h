#pragma once
#include "base/net/http.h"
#include "flow/envelope/context.h"
#include "flow/gateway/access.h"

namespace meterway::flow::tracing {

/// GET /api/v1/requests: what came, the youngest first, each with its verdict, of whom the caller reads
/// (docs/wire/api.md, section 2). `q` takes what people paste: a RequestID in any form leads straight to it; an EUI-64,
/// a service reference variant and a response code narrow the list.
net::HttpResponse list_requests(const net::HttpRequest& http, const gateway::Caller& caller, const Context& context);

}  // namespace meterway::flow::tracing
