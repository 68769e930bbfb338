#pragma once
#include "flow/deliver/queue.h"
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
/// With its effect, which may refuse as things stand within the write. `places`: what is to be handed to the Postman
/// besides, once this has returned.
Step<Acknowledged> acknowledge(DccAnswer&& answer, const Context& context, std::vector<deliver::Place>& places);

}  // namespace meterway::flow::gateway
