#include "flow/gateway/access.h"

#include "base/net/inside.h"
#include "records/registry/access_token.h"
#include "records/registry/trace_reader.h"

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
    case Kind::Operator:
      return person.empty() ? "operator" : "person " + person;
    case Kind::User:
      return "user " + user.dashed_upper();
    case Kind::Nobody:
      break;
  }
  return "nobody";
}

std::optional<Eui64> owner_of_connection(const net::HttpRequest& http) {
  if (http.peer_certificate.empty()) return std::nullopt;
  const auto certificate = pki::parse_certificate(http.peer_certificate);
  return certificate ? certificate->owner() : std::nullopt;
}

Result<Caller> who_calls(const net::HttpRequest& http, const Context& context) {
  if (const auto person = http.headers.find(net::kLetIn); person != http.headers.end())
    return Caller{Caller::Kind::Operator, {}, person->second};
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
  if (caller.kind != Caller::Kind::User) return false;
  if (const auto id = RequestId::parse(key); id && id->originator == caller.user) return true;
  return registry::may_read_trace(view, key, caller.user);
}

}  // namespace meterway::flow::gateway
