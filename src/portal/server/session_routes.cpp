#include <nlohmann/json.hpp>

#include "portal/server/caller.h"
#include "portal/server/cookie.h"
#include "portal/server/door.h"
#include "portal/server/identity.h"
#include "portal/server/server.h"

/// /api/v1/session: a browser's way in. A token is given once, and from then on a cookie stands for it.
namespace meterway::portal {
namespace {

using nlohmann::json;

constexpr std::size_t kMostTokenBytes = 256;

json to_json(const ledger::Person& person, const registry::Session& session, std::string_view secret,
             const registry::SessionLimits& limits) {
  return {{"signed_in", true},
          {"by", "session"},
          {"person", json::parse(registry::to_json(person))},
          {"csrf", forgery_token(secret)},
          {"since", to_iso8601(session.made_at)},
          {"idle_until", to_iso8601(session.seen_at + limits.idle)},
          {"until", to_iso8601(session.made_at + limits.longest)}};
}

/// The member `token` of the body, and no other.
std::optional<std::string> token_of(std::string_view body) {
  const auto root = json::parse(body, nullptr, false);
  if (!root.is_object() || root.size() != 1 || !root.contains("token") || !root["token"].is_string())
    return std::nullopt;
  auto token = root["token"].get<std::string>();
  // As somebody pastes it.
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' ')) token.pop_back();
  return token.empty() || token.size() > kMostTokenBytes ? std::nullopt : std::optional(std::move(token));
}

}  // namespace

/// Whatever session the browser shows is over; the new one has an id that nobody has had before.
net::HttpResponse open_session(const Ask& ask, const Portal& portal) {
  const auto token = token_of(ask.http.body);
  if (!token)
    return problem(400, "bad_member", "the body says something that cannot be", R"(expected {"token": text})");
  net::HttpRequest shown;
  shown.peer_certificate = ask.http.peer_certificate;
  shown.headers["authorization"] = "Bearer " + *token;
  const auto now = portal.clock.now();
  const auto caller = find_caller(shown, portal.store, portal.rules, now, portal.transitional_cos);
  if (!caller) return failed(caller.error());
  if (!caller->person) return nobodys(ask.http, ask.route, portal);
  const auto& person = *caller->person;
  const Ask as{ask.http, ask.route, ask.path, ask.query, person};
  if (person.has_role("user"))
    return refused_inside(as, portal,
                          problem(403, "no_person", "this is not for the caller",
                                  "the token is that of a User's systems; a session is for a person"),
                          "a session for a User's systems");
  const auto limits = session_limits(portal.rules, now);
  const auto secret = registry::new_token(portal.random);
  registry::Session session;
  const auto done = portal.store.write([&](store::WriteView& view) -> Status {
    if (const auto before = session_cookie(ask.http)) METERWAY_CHECK(registry::end_session(view, *before));
    METERWAY_TRY(session, registry::put_session(view, secret, *token, now, limits));
    return note_done(view, as, portal, "session " + session.id, "begun");
  });
  if (!done) return failed(done.error());
  auto out = json_answer(201, dumped(to_json(person, session, secret, limits)));
  out.headers["set-cookie"] = set_cookie(secret, ask.http);
  return out;
}

net::HttpResponse show_session(const Ask& ask, const Portal& portal) {
  const auto now = portal.clock.now();
  const auto caller = find_caller(ask.http, portal.store, portal.rules, now, portal.transitional_cos);
  if (!caller) return failed(caller.error());
  if (caller->session && caller->person)
    return json_answer(200, dumped(to_json(*caller->person, *caller->session, *session_cookie(ask.http),
                                           session_limits(portal.rules, now))));
  const bool is_public = !caller->person || caller->person->has_role("public");
  json body = {{"signed_in", !is_public}};
  if (is_public) body["why"] = caller->is_over ? "the session has ended" : "nobody has signed in";
  if (!is_public) {
    body["by"] = caller->is_by_itself ? "certificate" : "token";
    body["person"] = json::parse(registry::to_json(*caller->person));
  }
  auto out = json_answer(200, dumped(body));
  if (caller->is_over) out.headers["set-cookie"] = clear_cookie();
  return out;
}

net::HttpResponse end_session(const Ask& ask, const Portal& portal) {
  const auto cookie = session_cookie(ask.http);
  const auto done = portal.store.write([&](store::WriteView& view) -> Status {
    if (!cookie) return {};
    METERWAY_TRY(const auto session, registry::find_session(view, *cookie));
    if (!session) return {};
    METERWAY_CHECK(registry::end_session(view, *cookie));
    return note_done(view, ask, portal, "session " + session->id, "ended");
  });
  if (!done) return failed(done.error());
  net::HttpResponse out{204, {{"cache-control", "no-store"}}, ""};
  out.headers["set-cookie"] = clear_cookie();
  return out;
}

}  // namespace meterway::portal
