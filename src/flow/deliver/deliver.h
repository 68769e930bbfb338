#pragma once
#include "flow/deliver/postman.h"
#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::deliver {

/// Step 9, first half: writes down the outcome. The request is done, the inventory changed, the signed documents queued
/// for the Users and the hops logged, all in one transaction; so is everything in its `also`.
///
/// Receives: an outcome.
/// Gives:    the places to hand to the Postman; none when nobody is to be told (a message to the broker, or one that
///           was told before).
/// Errors:   those of the store: nothing is written and the step may be run again.
Result<std::vector<Place>> store_outcome(Outcome&& outcome, const Context& context);
/// The same within a change that is under way.
Result<std::vector<Place>> store_outcome(store::WriteView& view, Outcome&& outcome, const Context& context);

}  // namespace meterway::flow::deliver
