#pragma once
#include <optional>

#include "portal/server/ask.h"
#include "standard/duis/request.h"
#include "standard/duis/services.h"
#include "standard/forms/values.h"

namespace meterway::portal {

/// A service request as somebody filled it in, not signed.
struct RequestDraft {
  const duis::Service* service = nullptr;
  duis::Request request;
  std::string xml;                        ///< the document; empty while something is wrong
  std::vector<forms::Wrong> wrong;        ///< places of the form, or of the body as it was typed
  std::optional<unsigned> pounds, pence;  ///< worth of a token (2.2) that the User's side is to make

  bool needs_token() const { return pounds || pence; }
};

/// {"user", "target"?, "cv"?, "fields": {place: text} | "body": XML, "pounds"? | "pence"?, "service"? (where the path
/// does not name it)}. A service that the DCC answers itself is addressed to the DCC. Without `cv`: 8, 4 for a critical
/// service, 1 otherwise. The counter is the clock's; whoever signs chooses its own. Errors: 400 naming the member, 404
/// for the service.
Result<RequestDraft, net::HttpResponse> read_request_draft(const Ask& ask, const Portal& portal);

}  // namespace meterway::portal
