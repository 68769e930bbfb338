#include "portal/server/server.h"

#include <algorithm>
#include <iterator>

#include "base/net/inside.h"
#include "portal/server/door.h"
#include "portal/server/identity.h"
#include "records/registry/access_token.h"
#include "records/registry/party.h"
#include "records/registry/person_certificate.h"
#include "standard/pki/certificate.h"

namespace meterway::portal {
namespace {

constexpr NamedHandler kHandlers[] = {
    {"openapi", openapi},
    {"me", me},
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
    {"audit_checkpoints", audit_checkpoints},
    {"rules", list_rules},
    {"rule", show_rule},
    {"explain_access", explain_access},
    {"explain_request", explain_request},
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

Result<std::optional<ledger::Person>> user(const store::ReadView& view, Eui64 eui, Eui64 transitional_cos) {
  constexpr const char* kParty = "transitional change of supplier party";
  if (eui == transitional_cos)
    return std::optional(
        ledger::Person{"user:" + eui.plain(), kParty, kParty, {"user"}, ledger::Classification::White, true});
  METERWAY_TRY(const auto known, registry::find_user(view, eui));
  if (!known) return std::optional<ledger::Person>();
  return std::optional(ledger::Person{
      "user:" + eui.plain(), known->name, known->name, {"party", "user"}, ledger::Classification::Green, true});
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

Result<std::optional<ledger::Person>> who_calls(const net::HttpRequest& http, store::Store& store,
                                                const rules::Rules& rules, UtcTime now, Eui64 transitional_cos) {
  const bool has_certificate = !http.peer_certificate.empty();
  const auto secret = bearer_token(http);
  if (!secret && !has_certificate) return std::optional(registry::public_reader());
  std::optional<Eui64> connection;
  if (has_certificate) {
    if (const auto certificate = pki::parse_certificate(http.peer_certificate)) connection = certificate->owner();
  }
  std::optional<ledger::Person> found;
  const auto read = store.read([&](const store::ReadView& view) -> Status {
    std::optional<ledger::Person> behind;  // the certificate, where that names no User
    if (has_certificate && !connection) {
      METERWAY_TRY(behind, registry::person_of_certificate(view, http.peer_certificate, now));
      if (!behind) return {};
    }
    if (!secret) {
      found = behind;
      if (connection) {
        METERWAY_TRY(found, user(view, *connection, transitional_cos));
      }
    } else {
      METERWAY_TRY(const auto token, registry::find_token(view, *secret));
      if (!token) {
        METERWAY_TRY(found, registry::person_of_token(view, *secret));
        // A User's connection is for people of its own.
        std::optional<ledger::Person> company;
        if (connection) {
          METERWAY_TRY(company, user(view, *connection, transitional_cos));
        }
        if (found && company && company->party != found->party) found.reset();
      } else if (!token->user) {
        found = registry::operator_person();
      } else if (!connection || *connection == *token->user) {
        METERWAY_TRY(found, user(view, *token->user, transitional_cos));
      }
      if (found && behind && found->id != behind->id) found.reset();
    }
    return found ? drop_unverified(view, rules, now, *found) : Status();
  });
  METERWAY_CHECK(read);
  return found;
}

namespace {

/// What came with a request is nobody's. Guessing is written down, and slowed down.
net::HttpResponse nobodys(const net::HttpRequest& http, const Route& route, const Portal& portal) {
  const auto now = portal.clock.now();
  const auto rule = [&](const char* name, std::int64_t usual) {
    const auto ruling = portal.rules.on(name, calendar::date_of(now));
    return std::max<std::int64_t>(1, ruling ? ruling->integer().value_or(usual) : usual);
  };
  const auto from = http.headers.find(net::kSource);
  const auto source = from == http.headers.end() ? std::string() : from->second;
  const auto window = std::chrono::minutes(rule("people.lockout.minutes", 60));
  auto verdict = WrongTokens::Verdict::Wrong;
  if (portal.wrong_tokens != nullptr && !source.empty())
    verdict =
        portal.wrong_tokens->count(source, now, static_cast<std::uint64_t>(rule("people.lockout.tokens", 5)), window);
  // Of those who go on, the log has said enough.
  if (verdict != WrongTokens::Verdict::Locked) {
    const auto noted = portal.store.write([&](store::WriteView& view) {
      return note_nobody(view, route, portal, source, verdict == WrongTokens::Verdict::LockedNow);
    });
    if (!noted) return failed(noted.error());
  }
  if (verdict == WrongTokens::Verdict::Wrong)
    return problem(401, "who_calls", "this token or certificate is nobody's",
                   "Authorization: Bearer, with a token that is known, and no other person's certificate");
  auto out =
      problem(429, "too_many_tries", "too many wrong tokens from this address", "a right one is let in at any time");
  out.headers["retry-after"] = std::to_string(std::chrono::seconds(window).count());
  return out;
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
  auto caller = who_calls(http, portal.store, portal.rules, portal.clock.now(), portal.transitional_cos);
  if (!caller) return failed(caller.error());
  if (!*caller) return nobodys(http, *route, portal);
  auto& person = **caller;
  if (auto refused = refused_at_door(person, *route, http, portal)) return std::move(*refused);
  if (is_flow) {
    if (!person.has_role("operator") && !person.has_role("user")) {
      http.headers[std::string(net::kLetIn)] = person.id;
      if (!permission::may_all(person, route->function)) http.headers[std::string(net::kOfParty)] = person.party;
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
