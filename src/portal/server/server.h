#pragma once
#include "portal/server/ask.h"

/// The records of oversight over HTTP: routes are the rows of spec/api_routes.tsv, kinds and fields those of
/// spec/ledger_*.tsv. See docs/operations/oversight.md.
namespace meterway::portal {

/// Who is calling: nobody without a token, who sees what is White; the operator; a User, by its token or the
/// certificate of its connection, cleared for Green; likewise the transitional change of supplier party, with the job
/// type `user` alone; or a person, by a token or a client certificate of his own, or by the cookie of a session
/// (caller.h), which the operator may have as well. None: token, certificate or session is nobody's, or they are two
/// different people's. Errors: Database.
Result<std::optional<ledger::Person>> who_calls(const net::HttpRequest& http, store::Store& store,
                                                const rules::Rules& rules, UtcTime now, Eui64 transitional_cos);

/// The one door: every route of spec/api_routes.tsv is let in, or not, by its function (spec/permissions.tsv) before
/// anything else is done. 401 without a name, or for a token that nobody has; 403 for whom no row names. The answer, or
/// none when the route is the platform's (it was let in then, and a person's name goes on in `http`), or nobody's. 405
/// with Allow where the path is ours and the method is not. Sharing: from any thread.
std::optional<net::HttpResponse> serve(net::HttpRequest& http, const Portal& portal);

}  // namespace meterway::portal
