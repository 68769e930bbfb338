#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::dispatch {

/// The way of a signed pre-command (CV 5, 6, 7) from step 3 straight to step 5.
///
/// Receives: an authorised request whose body is a SignedPreCommand.
/// Gives:    the command, signed by the User.
/// Refuses:  OtherPreCommand when the platform made no pre-command for this RequestID and service, when header or
///           content is not what it made, or when the signature is not that of the header's originator.
Step<Command> accept_signed(AuthorisedRequest&& authorised, const Context& context);

/// Where the User asked for it (CV 2, 3, 6, 7): adds the complete command, as the device is to get it. One that the
/// broker signs keeps that signature, so that the copy over the WAN is the same. Refuses: NoLocalCommand when a key is
/// missing.
Step<Command> add_local(Command&& command, const Context& context);

/// Signature of the broker where it is the originator of a critical command, and its MAC. `message` keeps the
/// signature, not the MAC. Errors: UnknownKey, CryptoFailure.
Result<Bytes> protect(gbcs::Message& message, bool critical, const Context& context);

/// Step 5: gives the command its MAC and finds its way.
///
/// Receives: a record that is Accepted (or Sent, to be sent once more).
/// Gives:    the command as the device is to get it, and the hub it goes through.
/// Errors:   UnknownKey (no certificate of the device, or of the broker); NotFound (the device has no hub);
/// CryptoFailure.
Result<OutboundCommand> dispatch(registry::RequestRecord&& record, const Context& context);

}  // namespace meterway::flow::dispatch
