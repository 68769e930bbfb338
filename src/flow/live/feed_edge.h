#pragma once
#include "base/net/http.h"
#include "flow/envelope/context.h"
#include "flow/gateway/access.h"

namespace meterway::flow::live {

/// GET /api/v1/events: the event log with filters (event_query.h), live and history by one cursor.
///
///     {"events": [{"sequence", "time", "key", "step", "outcome", "detail", "area", "tone", "bytes", "user", "device",
///                  "hub", "region", "service"; grouped: "events", "first"}],
///      "next", "more", "newest", "looked_at", "fitted", "shown", "one_in"; grouped: "requests"; "as_of", "removed"?}
///
/// No message is in it, only how long it is. format=csv: the lines, and `x-next` where there are more. 404 for nobody.
inline constexpr std::string_view kEventsPath = "/api/v1/events";
net::HttpResponse show_events(const net::HttpRequest& http, const gateway::Caller& caller, const Context& context);

}  // namespace meterway::flow::live
