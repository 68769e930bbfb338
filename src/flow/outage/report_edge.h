#pragma once
#include "base/net/http.h"
#include "flow/envelope/context.h"
#include "flow/gateway/access.h"

namespace meterway::flow::outage {

/// GET /api/v1/outages/report[?from=TIME&until=TIME&user=EUI&format=csv]: figures of the losses in that time
/// (report.h). The operator sees everybody's, or those of the User named; a User its own whatever it asks for; a person
/// of a party what was owed to its Users. 401 for nobody.
inline constexpr std::string_view kReportPath = "/api/v1/outages/report";
net::HttpResponse show_report(const net::HttpRequest& http, const gateway::Caller& caller, const Context& context);

}  // namespace meterway::flow::outage
