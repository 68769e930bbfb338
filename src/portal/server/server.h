#pragma once
#include "portal/server/ask.h"

/// The records of oversight over HTTP: routes are the rows of spec/api_routes.tsv, kinds and fields those of
/// spec/ledger_*.tsv. See docs/operations/oversight.md.
namespace meterway::portal {

/// Who is calling: nobody without a token, who sees what is White; the operator; a User, by its token or the
/// certificate of its connection, cleared for Green; or a person. None: the token is nobody's. Errors: Database.
Result<std::optional<ledger::Person>> who_calls(const net::HttpRequest& http, store::Store& store);

/// The answer, or none when no row of this folder has the path: then it is somebody else's. 405 with Allow where the
/// path is ours and the method is not; 401 for a token that nobody has. Sharing: from any thread.
std::optional<net::HttpResponse> serve(const net::HttpRequest& http, const Portal& portal);

}  // namespace meterway::portal
