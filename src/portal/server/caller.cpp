#include "portal/server/caller.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "portal/server/cookie.h"
#include "portal/server/identity.h"
#include "records/registry/octets.h"
#include "records/registry/party.h"
#include "records/registry/person_certificate.h"
#include "standard/pki/certificate.h"

namespace meterway::portal {
namespace {

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

/// Whom a token names on the connection of this User, or on one that is nobody's; none: nobody.
Result<std::optional<ledger::Person>> holder(const store::ReadView& view, const crypto::Sha256Digest& digest,
                                             std::optional<Eui64> connection, Eui64 transitional_cos) {
  METERWAY_TRY(const auto token, registry::find_token_of(view, digest));
  if (token && !token->user) return std::optional(registry::operator_person());
  if (token) {
    if (connection && *connection != *token->user) return std::optional<ledger::Person>();
    return user(view, *token->user, transitional_cos);
  }
  METERWAY_TRY(auto found, registry::person_of_digest(view, digest));
  if (!connection || !found) return found;
  // A User's connection is for people of its own.
  METERWAY_TRY(const auto company, user(view, *connection, transitional_cos));
  if (company && company->party != found->party) found.reset();
  return found;
}

/// What came with the request, and on which connection.
struct Shown {
  std::optional<std::string_view> token, cookie;
  std::optional<Eui64> connection;  ///< the User that the certificate names
  ByteView certificate;             ///< one that names no User
};

/// Of the session that the cookie names, while it lasts.
Result<std::optional<ledger::Person>> visitor(const store::ReadView& view, const Shown& shown,
                                              const registry::SessionLimits& limits, UtcTime now,
                                              Eui64 transitional_cos, Caller& out) {
  METERWAY_TRY(const auto session, registry::find_session(view, *shown.cookie));
  if (!session) return std::optional<ledger::Person>();
  std::optional<ledger::Person> found;
  if (now < limits.ends(*session)) {
    METERWAY_TRY(found, holder(view, session->token, shown.connection, transitional_cos));
  }
  if (found && found->has_role("user")) found.reset();  // none is made for a User's token
  out.is_over = !found;
  if (found) out.session = *session;
  return found;
}

Status name(const store::ReadView& view, const Shown& shown, const registry::SessionLimits& limits, UtcTime now,
            Eui64 transitional_cos, Caller& out) {
  std::vector<std::optional<ledger::Person>> named;
  if (!shown.certificate.empty()) {
    METERWAY_TRY(named.emplace_back(), registry::person_of_certificate(view, shown.certificate, now));
  } else if (shown.connection && !shown.token && !shown.cookie) {
    METERWAY_TRY(named.emplace_back(), user(view, *shown.connection, transitional_cos));
  }
  if (shown.token) {
    METERWAY_TRY(named.emplace_back(),
                 holder(view, crypto::sha256(registry::bytes_of(*shown.token)), shown.connection, transitional_cos));
  }
  if (shown.cookie) {
    METERWAY_TRY(named.emplace_back(), visitor(view, shown, limits, now, transitional_cos, out));
  }
  const bool agree =
      std::all_of(named.begin(), named.end(), [&](const auto& one) { return one && one->id == named.front()->id; });
  if (agree && !named.empty()) out.person = named.front();
  return {};
}

}  // namespace

registry::SessionLimits session_limits(const rules::Rules& rules, UtcTime now) {
  const auto minutes = [&](const char* name, std::chrono::minutes usual) {
    const auto ruling = rules.on(name, calendar::date_of(now));
    return std::chrono::minutes(
        std::max<std::int64_t>(1, ruling ? ruling->integer().value_or(usual.count()) : usual.count()));
  };
  const registry::SessionLimits usual;
  return {minutes("people.session.idle", usual.idle), minutes("people.session.longest", usual.longest)};
}

Result<Caller> find_caller(const net::HttpRequest& http, store::Store& store, const rules::Rules& rules, UtcTime now,
                           Eui64 transitional_cos) {
  Caller out;
  Shown shown{bearer_token(http), session_cookie(http), {}, {}};
  out.has_cookie = shown.cookie.has_value();
  if (!shown.token && !shown.cookie && http.peer_certificate.empty()) {
    out.person = registry::public_reader();
    return out;
  }
  out.is_by_itself = !shown.token;
  if (!http.peer_certificate.empty()) {
    if (const auto certificate = pki::parse_certificate(http.peer_certificate)) shown.connection = certificate->owner();
    if (!shown.connection) shown.certificate = http.peer_certificate;
  }
  const auto limits = session_limits(rules, now);
  const auto read = store.read([&](const store::ReadView& view) -> Status {
    METERWAY_CHECK(name(view, shown, limits, now, transitional_cos, out));
    return out.person ? drop_unverified(view, rules, now, *out.person) : Status();
  });
  METERWAY_CHECK(read);
  if (shown.token || !out.person) out.session.reset();
  return out;
}

std::optional<std::string> forged(const net::HttpRequest& http, const Caller& caller) {
  if (!caller.is_by_itself) return std::nullopt;
  if (auto foreign = foreign_origin(http)) return foreign;
  if (!caller.session) return std::nullopt;
  const auto wanted = forgery_token(*session_cookie(http));
  const auto said = http.headers.find(kForgeryHeader);
  if (said == http.headers.end()) return "no X-Meterway-CSRF";
  if (!crypto::equal_constant_time(registry::bytes_of(said->second), registry::bytes_of(wanted)))
    return "X-Meterway-CSRF is not that of the session";
  return std::nullopt;
}

}  // namespace meterway::portal
