#pragma once
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::answer {

/// In place of step 4 for a request that no device takes part in: the DCC's own answer (CV 8).
///
/// Receives: an authorised request.
/// Gives:    the content of its ResponseMessage, and what is to be done in the write that keeps it.
/// Refuses:  as each service does (the table in answer.cpp names them); NotCarried for services not offered yet.
Step<DccAnswer> answer(AuthorisedRequest&& authorised, const Context& context);

}  // namespace meterway::flow::answer
