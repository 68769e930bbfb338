#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::gateway {

/// The end of step 4, and the only place where a User is told "yes": the record of the request and the answer are
/// stored in one transaction, and the answer leaves only after the commit.
///
/// Receives: what the request has become.
/// Gives:    the signed answer: I0 with the pre-command or the DCC's own answer, I99 for a command on its way.
/// Refuses:  StaleCounter, RequestIdReused (another thread was first), Busy (nothing was stored).
Step<Acknowledged> acknowledge(PreCommand&& made, const Context& context);
Step<Acknowledged> acknowledge(Command&& command, const Context& context);
Step<Acknowledged> acknowledge(DccAnswer&& answer, const Context& context);

}  // namespace meterway::flow::gateway
