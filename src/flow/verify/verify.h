#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::verify {

/// Step 2: the document fits the schema and its signature is its originator's. Whether it came before is noted.
///
/// Receives: the document as posted.
/// Gives:    the request, its digest, the answer it was given if it came before, and whether its RequestID was used
///           for something else: authorise refuses that, when it is known who asks.
/// Refuses:  NotXml, NotSchema, BadSignature (HTTP errors: nobody is known to have asked).
/// The certificate is found by the serial in KeyInfo and must be the originator's; its role is not insisted on, as
/// some Users sign with certificates of other roles. Validity dates are a setting.
Step<VerifiedRequest> verify(ReceivedRequest&& received, const Context& context);

}  // namespace meterway::flow::verify
