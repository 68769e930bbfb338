#pragma once
#include <functional>

#include "base/net/http.h"
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

/// Change of supplier (6.23): the command is the transitional change of supplier party's to sign, whose key the
/// platform has not. Until it has come back signed, it waits; the party fetches what waits, judges the User's own
/// document for itself and brings the command back.
namespace meterway::flow::cos {

/// Takes the command with its signature. Errors: NotFound (nothing waits under this name), Conflict (another message
/// than the one made), BadSignature, UnknownKey (no certificate of the party); those of the store.
Status take_signed(const RequestId& id, ByteView message, const Context& context);

/// Takes that the party will not sign it: the request ends, and its User hears so. Errors: NotFound; those of the
/// store.
Status take_refusal(const RequestId& id, std::string_view why, const Context& context);

///     GET  /api/v1/cos/requests?after=&limit=  what waits: RequestID, the User's document, the command (base64)
///     POST /api/v1/cos/requests/REQUESTID      {"command": base64}: the same, signed; or {"refused": why}; 204
///
/// For the operator and for the party itself, by the certificate of its connection; for nobody else there is anything.
/// `look` is told the device of a command that may go now, or has ended. None when the path is none of these.
std::optional<net::HttpResponse> serve(const net::HttpRequest& http, const Context& context,
                                       const std::function<void(Eui64 device)>& look);

}  // namespace meterway::flow::cos
