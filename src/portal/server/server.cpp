#include "portal/server/server.h"

#include <algorithm>
#include <iterator>

#include "records/registry/access_token.h"
#include "records/registry/party.h"
#include "standard/pki/certificate.h"

namespace meterway::portal {
namespace {

constexpr NamedHandler kHandlers[] = {
    {"openapi", openapi},
    {"me", me},
    {"kinds", kinds},
    {"kind", kind},
    {"list", list},
    {"create", create},
    {"show", show},
    {"change", change},
    {"act", act},
    {"history", history},
    {"mentions", mentions},
    {"document", document},
    {"attach", attach},
    {"content", content},
    {"view", view},
    {"compare_matrix", compare_matrix},
    {"invitation_code", invitation_code},
    {"invitation_mail", invitation_mail},
    {"accept_invitation", accept_invitation},
    {"search", search},
    {"audit", audit},
    {"rules", list_rules},
    {"rule", show_rule},
    {"working_days", working_days},
    {"people", people},
    {"person", person},
    {"put_person", put_person},
    {"remove_person", remove_person},
    {"tokens", tokens},
    {"make_token", make_token},
    {"revoke_token", revoke_token},
    {"report", report},
    {"publish_report", publish_report},
    {"figure_events", figure_events},
    {"draft_events", draft_events},
    {"obligations", obligations},
    {"maintenance", maintenance},
    {"maintenance_calendar", maintenance_calendar},
    {"sweep", sweep},
};

/// What follows "Bearer " in Authorization, the scheme in either case; none without that header.
std::optional<std::string_view> bearer_token(const net::HttpRequest& http) {
  constexpr std::string_view kScheme = "bearer ";
  const auto found = http.headers.find("authorization");
  if (found == http.headers.end()) return std::nullopt;
  std::string_view value = found->second;
  const bool is_bearer =
      value.size() >= kScheme.size() && std::equal(kScheme.begin(), kScheme.end(), value.begin(), [](char a, char b) {
        return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
      });
  if (!is_bearer) return std::string_view();
  value.remove_prefix(kScheme.size());
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
  return value;
}

Result<std::optional<ledger::Person>> user(const store::ReadView& view, Eui64 eui) {
  METERWAY_TRY(const auto known, registry::find_user(view, eui));
  if (!known) return std::optional<ledger::Person>();
  return std::optional(
      ledger::Person{"user:" + eui.plain(), known->name, known->name, {"party"}, ledger::Classification::Green, true});
}

std::string allowed_methods(std::string_view path) {
  std::string out;
  PathParameters parameters;
  for (const auto& route : all_routes()) {
    if (route.handler == "flow" || !fits(route.path, path, parameters)) continue;
    if (out.find(route.method) == std::string::npos) out += (out.empty() ? "" : ", ") + std::string(route.method);
  }
  return out;
}

}  // namespace

std::span<const NamedHandler> all_handlers() { return kHandlers; }

Result<std::optional<ledger::Person>> who_calls(const net::HttpRequest& http, store::Store& store) {
  std::optional<Eui64> connection;
  if (!http.peer_certificate.empty()) {
    if (const auto certificate = pki::parse_certificate(http.peer_certificate)) connection = certificate->owner();
  }
  const auto secret = bearer_token(http);
  if (!secret && !connection) return std::optional(registry::public_reader());
  std::optional<ledger::Person> found;
  METERWAY_CHECK(store.read([&](const store::ReadView& view) -> Status {
    if (!secret) {
      METERWAY_TRY(found, user(view, *connection));
      return {};
    }
    METERWAY_TRY(const auto token, registry::find_token(view, *secret));
    if (!token) {
      METERWAY_TRY(found, registry::person_of_token(view, *secret));
    } else if (!token->user) {
      found = registry::operator_person();
    } else if (!connection || *connection == *token->user) {
      METERWAY_TRY(found, user(view, *token->user));
    }
    return {};
  }));
  return found;
}

std::optional<net::HttpResponse> serve(const net::HttpRequest& http, const Portal& portal) {
  PathParameters parameters;
  const auto allowed = allowed_methods(http.path);
  if (allowed.empty()) return std::nullopt;
  const auto routes = all_routes();
  const auto route = std::find_if(routes.begin(), routes.end(), [&](const Route& row) {
    return row.handler != "flow" && row.method == http.method && fits(row.path, http.path, parameters);
  });
  if (route == routes.end()) {
    auto out = problem(405, "wrong_method", "the path has other methods", http.method);
    out.headers["allow"] = allowed;
    return out;
  }
  auto caller = who_calls(http, portal.store);
  if (!caller) return failed(caller.error());
  if (!*caller)
    return problem(401, "who_calls", "this token is nobody's", "Authorization: Bearer, with a token that is known");
  const auto handler = std::find_if(std::begin(kHandlers), std::end(kHandlers),
                                    [&](const NamedHandler& one) { return one.name == route->handler; });
  if (handler == std::end(kHandlers))
    return problem(501, "no_handler", "this is not made yet", std::string(route->handler));
  return handler->serve({http, *route, std::move(parameters), read_query(http.query), std::move(**caller)}, portal);
}

}  // namespace meterway::portal
