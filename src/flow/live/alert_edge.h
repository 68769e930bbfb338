#pragma once
#include "base/net/http.h"
#include "flow/envelope/context.h"
#include "flow/gateway/access.h"

namespace meterway::flow::live {

/// GET /api/v1/alerts?user=&device=&code=&q=&from=&to=&after=&limit=&format=csv: the latest first (alert_list.h).
///
///     {"alerts": [{"sequence", "time", "key", "code", "meaning", "by", "device", "hub", "region", "state", "told":
///                  [{"user", "queued", "class"}], "delivered", "given_up", "failures", "delivered_at", "held"}],
///      "next", "more", "looked_at", "as_of", "removed"?}
///
/// GET /api/v1/alerts/storms?device=&after=&limit=&format=csv: what is held back at this moment
/// (flow/alert/throttle.h).
///
///     {"storms": [{"id", "device", "code", "meaning", "number", "since", "held", "next_summary", "last", "users",
///                  "why"}], "next", "as_of"}
///
/// 404 for nobody.
inline constexpr std::string_view kAlertsPath = "/api/v1/alerts", kStormsPath = "/api/v1/alerts/storms";
net::HttpResponse show_alerts(const net::HttpRequest& http, const gateway::Caller& caller, const Context& context);
net::HttpResponse show_storms(const net::HttpRequest& http, const gateway::Caller& caller, const Context& context);

}  // namespace meterway::flow::live
