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

/// application/problem+json: {"type", "title", "status", "detail"}; `name` becomes the type's last part.
net::HttpResponse problem(int status, std::string_view name, std::string_view title, const std::string& detail);

}  // namespace meterway::flow::gateway
