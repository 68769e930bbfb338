#include "flow/outage/report_edge.h"

#include "flow/gateway/http_edge.h"
#include "flow/outage/report.h"

namespace meterway::flow::outage {
namespace {

/// The value of a query member as it stands (times may have %3A for a colon); "" when it is not there.
std::string query_member(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto member = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = member.find('=');
    if (equals == std::string_view::npos || member.substr(0, equals) != name) continue;
    std::string value(member.substr(equals + 1));
    for (auto at = value.find("%3A"); at != std::string::npos; at = value.find("%3A")) value.replace(at, 3, ":");
    return value;
  }
  return {};
}

}  // namespace

net::HttpResponse show_report(const net::HttpRequest& http, const gateway::Caller& caller, const Context& context) {
  using Caller = gateway::Caller;
  const auto bad = [](const std::string& detail) {
    return gateway::problem(400, "bad-query", "the query cannot be read", detail);
  };
  if (caller.kind == Caller::Kind::Nobody)
    return gateway::problem(401, "not-known", "only the operator and Users read this", "no token and no certificate");
  Selection selection;
  for (const auto& [name, time] : {std::pair{"from", &selection.from}, std::pair{"until", &selection.until}}) {
    const auto text = query_member(http.query, name);
    if (text.empty()) continue;
    const auto read = from_iso8601(text);
    if (!read) return bad(std::string(name) + ": " + describe(read.error()));
    *time = *read;
  }
  selection.users = caller.readable();
  // A User's report is its own, whatever it asks for.
  if (const auto text = query_member(http.query, "user"); !text.empty() && caller.kind != Caller::Kind::User) {
    const auto user = Eui64::parse(text);
    if (!user) return bad("user: " + describe(user.error()));
    if (!caller.reads_of(*user)) return gateway::problem(404, "not_found", "nothing is known of this", http.path);
    selection.users = {*user};
  }
  const auto format = query_member(http.query, "format");
  if (!format.empty() && format != "csv" && format != "json") return bad("format: csv or json");
  std::vector<Figure> found;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, figures(view, selection, context));
    return {};
  });
  if (!read) return gateway::problem(503, "busy", "the report could not be made", describe(read.error()));
  if (format == "csv") return {200, {{"content-type", "text/csv"}}, report_csv(found)};
  return {200, {{"content-type", "application/json"}}, report_json(found)};
}

}  // namespace meterway::flow::outage
