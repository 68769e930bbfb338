#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.h"
#include "flow/envelope/context.h"
#include "flow/envelope/refusal.h"

namespace meterway::flow::gateway {

/// Who is calling: the operator (token of the node, or a person to whom the table of permissions gives all of it), a
/// User (a token of its own, or the client certificate of its TLS connection), a person of a party whom the table lets
/// in to what is its Users', or nobody that we know. Every read of traces, backlog and reports, and every change, asks
/// this first.
struct Caller {
  enum class Kind : std::uint8_t { Nobody, User, Party, Operator };
  Kind kind = Kind::Nobody;
  Eui64 user;                     ///< of a User
  std::string person{};           ///< who acts as the operator, or for his party; empty: the operator himself
  std::vector<Eui64> of_party{};  ///< Users of a person's party, in order (registry::users_of_party); may be none
  bool is_operator() const { return kind == Kind::Operator; }
  bool is_user(Eui64 eui) const { return kind == Kind::User && user == eui; }
  /// Whether he reads what is this User's.
  bool reads_of(Eui64 eui) const;
  /// Whose he reads, in order; none: everybody's. Of nobody it is an empty list.
  std::optional<std::vector<Eui64>> readable() const;
  /// For events: "operator", "person anna", "user 90-B3-...", "nobody".
  std::string name() const;
};

/// Reads `Authorization: Bearer <token>`, or where there is none the client certificate's owner. A token that is not
/// known, or is another User's than the certificate's, makes the caller nobody. Errors: Database.
Result<Caller> who_calls(const net::HttpRequest& http, const Context& context);

/// The EUI-64 that a client certificate (DER) speaks for; none when there is no certificate.
std::optional<Eui64> owner_of_connection(const net::HttpRequest& http);

/// A User may ask on its own TLS connection only. Refuses: NotTheCaller (setting `check_connection`).
Step<void> check_connection(std::optional<Eui64> connection, Eui64 originator, const Context& context);

/// The operator reads every trace; a User those of the requests it originated, and of alerts that it was sent; a person
/// of a party what its Users read.
/// `key` is that of the event log. Errors: Database.
Result<bool> may_read_trace(const store::ReadView& view, const Caller& caller, std::string_view key);

}  // namespace meterway::flow::gateway
