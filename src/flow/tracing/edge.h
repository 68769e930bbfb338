#pragma once
#include "base/net/http.h"
#include "flow/envelope/context.h"
#include "flow/gateway/access.h"

/// What was asked, what happened to it and whose move it is, over HTTP (docs/wire/api.md, section 2).
namespace meterway::flow::tracing {

/// GET /api/v1/requests, /trace/<key>, /trace/<key>/answer, /trace/<key>/evidence; null for every other path. A key
/// that is not known, and one that the caller may not know of, are answered alike.
std::optional<net::HttpResponse> serve(const net::HttpRequest& http, const Context& context);

/// The same of a caller who is known; `what` is the path behind /trace/, decoded or not.
net::HttpResponse show_trace(std::string_view what, std::string_view query, const gateway::Caller& caller,
                             const Context& context);

}  // namespace meterway::flow::tracing
