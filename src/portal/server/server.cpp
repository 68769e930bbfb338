#include "portal/server/server.h"

#include <algorithm>
#include <iterator>

#include "base/net/inside.h"
#include "portal/server/caller.h"
#include "portal/server/cookie.h"
#include "portal/server/door.h"
#include "portal/server/identity.h"

namespace meterway::portal {
namespace {

constexpr NamedHandler kHandlers[] = {
    {"openapi", openapi},
    {"me", me},
    {"open_session", open_session},
    {"show_session", show_session},
    {"end_session", end_session},
    {"job_types", job_types},
    {"explain_permission", explain_permission},
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
    {"audit_entries", audit_entries},
    {"audit_verification", audit_verification},
    {"audit_checkpoints", audit_checkpoints},
    {"rules", list_rules},
    {"rule", show_rule},
    {"explain_access", explain_access},
    {"explain_request", explain_request},
    {"services", services},
    {"service_form", service_form},
    {"preview_request", preview_request},
    {"send_request", send_request},
    {"sent_answer", sent_answer},
    {"working_days", working_days},
    {"people", people},
    {"person", person},
    {"put_person", put_person},
    {"remove_person", remove_person},
    {"tokens", tokens},
    {"make_token", make_token},
    {"revoke_token", revoke_token},
    {"certificates", certificates},
    {"bind_certificate", bind_certificate},
    {"unbind_certificate", unbind_certificate},
    {"report", report},
    {"publish_report", publish_report},
    {"figure_events", figure_events},
    {"draft_events", draft_events},
    {"obligations", obligations},
    {"maintenance", maintenance},
    {"maintenance_calendar", maintenance_calendar},
    {"sweep", sweep},
    {"unread_cells", unread_cells},
    {"registration_point", registration_point},
    {"registration_addresses", registration_addresses},
    {"registration_senders", registration_senders},
    {"registration_sender", registration_sender},
    {"put_registration_sender", put_registration_sender},
    {"registration_loads", registration_loads},
    {"take_registration_file", take_registration_file},
    {"import_registration_file", import_registration_file},
    {"registration_response", registration_response},
    {"make_registration_flags", make_registration_flags},
    {"registration_flags", registration_flags},
    {"take_registration_answer", take_registration_answer},
    {"set_thresholds", set_thresholds},
    {"take_actions", take_actions},
    {"set_dcc_thresholds", set_dcc_thresholds},
    {"set_limits", set_limits},
    {"thresholds", thresholds},
    {"submission", submission},
    {"preview_thresholds", preview_thresholds},
    {"quarantine", quarantine},
    {"decide_quarantined", decide_quarantined},
    {"anomaly_notices", anomaly_notices},
    {"anomaly_audit", anomaly_audit},
    {"file_authorities", file_authorities},
    {"put_file_authorities", put_file_authorities},
    {"revoke_file_signer", revoke_file_signer},
    {"submit_job", submit_job},
    {"jobs", list_jobs},
    {"job_kinds", job_kinds},
    {"job", show_job},
    {"job_rows", job_rows},
    {"act_on_job", act_on_job},
    {"replay_request", replay_request},
};

/// Empty: the path has nothing of the portal's, and the platform says what it takes there.
std::string allowed_methods(std::string_view path) {
  std::string out;
  PathParameters parameters;
  bool is_ours = false;
  for (const auto& route : all_routes()) {
    if (!fits(route.path, path, parameters)) continue;
    is_ours = is_ours || route.handler != "flow";
    if (out.find(route.method) == std::string::npos) out += (out.empty() ? "" : ", ") + std::string(route.method);
  }
  return is_ours ? out : std::string();
}

}  // namespace

std::span<const NamedHandler> all_handlers() { return kHandlers; }

Result<std::optional<ledger::Person>> who_calls(const net::HttpRequest& http, store::Store& store,
                                                const rules::Rules& rules, UtcTime now, Eui64 transitional_cos) {
  METERWAY_TRY(auto caller, find_caller(http, store, rules, now, transitional_cos));
  return std::move(caller.person);
}

namespace {

constexpr std::chrono::minutes kSeenAnew{1};  // a session's time is written no more often

/// Nobody came in: his session has ended, or what he shows is nobody's.
net::HttpResponse stopped(const net::HttpRequest& http, const Route& route, const Portal& portal,
                          const Caller& caller) {
  auto out = caller.is_over
                 ? problem(401, "session_ended", "the session has ended", "sign in again: POST /api/v1/session")
                 : nobodys(http, route, portal);
  if (caller.has_cookie) out.headers["set-cookie"] = clear_cookie();
  return out;
}

/// What pages ask for by themselves (X-Meterway-Background) keeps no session open.
Status renew(const net::HttpRequest& http, const Portal& portal, const Caller& caller) {
  const auto now = portal.clock.now();
  if (!caller.session || now - caller.session->seen_at < kSeenAnew || http.headers.count("x-meterway-background") != 0)
    return {};
  return portal.store.write(
      [&](store::WriteView& view) { return registry::see_session(view, *session_cookie(http), now); });
}

}  // namespace

std::optional<net::HttpResponse> serve(net::HttpRequest& http, const Portal& portal) {
  PathParameters parameters;
  const auto* route = find_route(http.method, http.path, parameters);
  if (route == nullptr) {
    const auto allowed = allowed_methods(http.path);
    if (allowed.empty()) return std::nullopt;
    auto out = problem(405, "wrong_method", "the path has other methods", http.method);
    out.headers["allow"] = allowed;
    return out;
  }
  const bool is_flow = route->handler == "flow";
  // The platform asks for no name where anybody may: it goes by signatures, or tells nothing.
  if (is_flow && permission::may(registry::public_reader(), route->function)) return std::nullopt;
  auto caller = find_caller(http, portal.store, portal.rules, portal.clock.now(), portal.transitional_cos);
  if (!caller) return failed(caller.error());
  // Whoever signs in is who his token says, and whoever asks whether he is signed in may be told no.
  const bool is_greeted = route->handler == "open_session" || (route->handler == "show_session" && caller->is_over);
  if (is_greeted) caller->person = registry::public_reader();
  if (!caller->person) return stopped(http, *route, portal, *caller);
  auto& person = *caller->person;
  if (http.method != "GET") {
    const auto why = route->handler == "open_session" ? foreign_origin(http) : forged(http, *caller);
    if (why) return refused_forgery(person, *route, portal, *why);
  }
  if (const auto renewed = renew(http, portal, *caller); !renewed) return failed(renewed.error());
  if (auto refused = refused_at_door(person, *route, http, portal)) return std::move(*refused);
  if (is_flow) {
    const bool is_operator = person.has_role("operator");
    if (!is_operator && !person.has_role("user")) {
      http.headers[std::string(net::kLetIn)] = person.id;
      if (!permission::may_all(person, route->function)) http.headers[std::string(net::kOfParty)] = person.party;
    } else if (is_operator && caller->session) {
      http.headers[std::string(net::kLetIn)] = "";  // who has a token says so himself
    }
    return std::nullopt;
  }
  const auto* handler = std::find_if(std::begin(kHandlers), std::end(kHandlers),
                                     [&](const NamedHandler& one) { return one.name == route->handler; });
  if (handler == std::end(kHandlers))
    return problem(501, "no_handler", "this is not made yet", std::string(route->handler));
  return handler->serve({http, *route, std::move(parameters), read_query(http.query), std::move(person)}, portal);
}

}  // namespace meterway::portal
