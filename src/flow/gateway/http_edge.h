#pragma once
#include "base/net/http.h"
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"
#include "flow/gateway/access.h"

namespace meterway::flow::gateway {

/// Step 1: what was posted to one of the three web services.
///
/// Receives: an HTTP request for /api/v1/serviceS, serviceT or serviceD.
/// Gives:    the document, unread.
/// Refuses:  UnknownPath, WrongMethod, WrongContentType. (The server itself refuses what is too large.)
Step<ReceivedRequest> receive(net::HttpRequest&& http, const Context& context);

/// Who asked for what, as far as it is known when a request is refused: a DUIS refusal repeats it.
struct Asked {
  RequestId request_id;
  std::string service_reference;
  std::string service;
};

/// What the User is told of a refusal: a signed DUIS Response with its code where the table has one, otherwise the HTTP
/// status and a problem+json that names what is wrong.
net::HttpResponse tell(const Refused& refused, const std::optional<Asked>& asked, const Context& context);

/// 200 with a DUIS document.
net::HttpResponse document_answer(std::string document);

/// GET /api/v1/trace/<RequestID>: {"request_id", "service"?, "events": [{"time", "step", "outcome", "detail", "bytes"?,
/// "message"?}]}; `bytes` is hexadecimal, `message` what it says where the query names a form that has it (faces.h).
/// Identifiers in either case; names of alerts and devices as the log keeps them. 404 when nothing is known of it, and
/// the very same when the caller may not know of it (access.h).
/// GET /api/v1/trace/<RequestID>/answer: the device's answer, or the alert, alone; 404 while there is none, 422 where
/// the form has no place for it. `what` is the path behind /trace/.
net::HttpResponse show_trace(std::string_view what, std::string_view query, const Caller& caller,
                             const Context& context);

/// application/problem+json: {"type", "title", "status", "detail"}; `name` becomes the type's last part.
net::HttpResponse problem(int status, std::string_view name, std::string_view title, const std::string& detail);

}  // namespace meterway::flow::gateway
