#pragma once
#include <functional>

#include "base/net/http.h"

/// Lists as tables, one way for all of them: a route of spec/api_routes.tsv whose `gives` has the word `rows` answers
/// an object with one list; `format=csv` gives the same rows as CSV, whoever serves the route. The first line has the
/// names of their members in the order in which they are met (of an empty list: the list's own name), "details.UPRN"
/// for a member of a member; items of a list stand on lines of their own within the cell, objects in lists as JSON.
/// Header `x-next`: what the answer says as `next`, where there is more.
namespace meterway::portal {

/// Serves a request, and brings the answer into the form that was asked for. `serve` never sees `format=csv` of such a
/// route. Sharing: from any thread.
net::HttpResponse serve_as_asked(net::HttpRequest&& http,
                                 const std::function<net::HttpResponse(net::HttpRequest&&)>& serve);

/// The rows of such an answer; as it came where it is none.
net::HttpResponse rows_as_csv(net::HttpResponse answer);

}  // namespace meterway::portal
