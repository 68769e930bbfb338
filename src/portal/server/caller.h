#pragma once
#include <optional>

#include "portal/server/ask.h"
#include "records/registry/session.h"

/// Who is calling, and by what he shows it.
namespace meterway::portal {

struct Caller {
  std::optional<ledger::Person> person;      ///< none: what came is nobody's, or two different people's
  std::optional<registry::Session> session;  ///< that he came by, if nothing else named him
  bool has_cookie = false;
  bool is_over = false;  ///< there is no person because his session has ended, or what it was made from
  /// Named by what a browser sends along by itself, a cookie or a certificate: some other page may have asked for it.
  bool is_by_itself = false;
};

/// What a person's or the operator's session is good for. Rules people.session.idle, .longest.
registry::SessionLimits session_limits(const rules::Rules& rules, UtcTime now);

/// Nobody without token, cookie and certificate: who sees what is White; otherwise as who_calls() of server.h says.
/// Errors: Database.
Result<Caller> find_caller(const net::HttpRequest& http, store::Store& store, const rules::Rules& rules, UtcTime now,
                           Eui64 transitional_cos);

/// Why the request may have been made by a page that is not ours; none: it was not. Asked of requests that change
/// something.
std::optional<std::string> forged(const net::HttpRequest& http, const Caller& caller);

}  // namespace meterway::portal
