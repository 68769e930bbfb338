#include "flow/gateway/access.h"

#include <algorithm>

#include "base/net/inside.h"
#include "records/registry/access_token.h"
#include "records/registry/trace_reader.h"
#include "records/registry/users_of_party.h"

namespace meterway::flow::gateway {
namespace {

/// What follows "Bearer " in Authorization (RFC 6750; the scheme in either case); none without that header.
std::optional<std::string_view> bearer_token(const net::HttpRequest& http) {
  constexpr std::string_view kScheme = "bearer ";
  const auto found = http.headers.find("authorization");
  if (found == http.headers.end()) return std::nullopt;
  std::string_view value = found->second;
  if (value.size() < kScheme.size()) return std::string_view();
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = value[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != kScheme[i]) return std::string_view();
  }
  value.remove_prefix(kScheme.size());
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
  return value;
}

Result<std::optional<registry::AccessToken>> look_up(std::string_view secret, const Context& context) {
  std::optional<registry::AccessToken> token;
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(token, registry::find_token(view, secret));
    return {};
  }));
  return token;
}

}  // namespace

std::string Caller::name() const {
  switch (kind) {
    case Kind::Party:
      return "person " + person;
    case Kind::Operator:
      return person.empty() ? "operator" : "person " + person;
    case Kind::User:
      return "user " + user.dashed_upper();
    case Kind::Nobody:
      break;
  }
  return "nobody";
}

bool Caller::reads_of(Eui64 eui) const {
  return is_operator() || is_user(eui) ||
         (kind == Kind::Party && std::find(of_party.begin(), of_party.end(), eui) != of_party.end());
}

std::optional<std::vector<Eui64>> Caller::readable() const {
  if (is_operator()) return std::nullopt;
  if (kind == Kind::User) return std::vector<Eui64>{user};
  return kind == Kind::Party ? of_party : std::vector<Eui64>();
}

std::optional<Eui64> owner_of_connection(const net::HttpRequest& http) {
  if (http.peer_certificate.empty()) return std::nullopt;
  const auto certificate = pki::parse_certificate(http.peer_certificate);
  return certificate ? certificate->owner() : std::nullopt;
}

Result<Caller> who_calls(const net::HttpRequest& http, const Context& context) {
  if (const auto person = http.headers.find(net::kLetIn); person != http.headers.end()) {
    const auto party = http.headers.find(net::kOfParty);
    if (party == http.headers.end()) return Caller{Caller::Kind::Operator, {}, person->second};
    Caller caller{Caller::Kind::Party, {}, person->second};
    METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(caller.of_party, registry::users_of_party(view, party->second));
      return {};
    }));
    return caller;
  }
  const auto connection = owner_of_connection(http);
  const auto secret = bearer_token(http);
  if (!secret) return connection ? Caller{Caller::Kind::User, *connection, {}} : Caller{};
  METERWAY_TRY(const auto token, look_up(*secret, context));
  if (!token) return Caller{};
  if (!token->user) return Caller{Caller::Kind::Operator, {}, {}};
  if (connection && *connection != *token->user) return Caller{};
  return Caller{Caller::Kind::User, *token->user, {}};
}

Step<void> check_connection(std::optional<Eui64> connection, Eui64 originator, const Context& context) {
  if (!context.settings.check_connection || !connection || *connection == originator) return {};
  return refuse(Refusal::NotTheCaller, "the connection is that of " + connection->dashed_upper());
}

Result<bool> may_read_trace(const store::ReadView& view, const Caller& caller, std::string_view key) {
  if (caller.is_operator()) return true;
  const auto id = RequestId::parse(key);
  const auto users = caller.readable().value_or(std::vector<Eui64>());
  for (const auto user : users) {
    if (id && id->originator == user) return true;
    METERWAY_TRY(const bool was_sent, registry::may_read_trace(view, key, user));
    if (was_sent) return true;
  }
  return false;
}

}  // namespace meterway::flow::gateway
