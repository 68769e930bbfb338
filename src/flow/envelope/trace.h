#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "flow/envelope/context.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow {

/// Adds hops to the event log under `key` (a RequestID's text, or "alert:<device>:<counter>"), in the same transaction
/// as what they tell of.
Status trace(store::WriteView& view, const Context& context, std::string_view key, const std::vector<Hop>& hops);

/// The same in a transaction of its own, for what changes nothing else. A failing disk is not the User's concern: the
/// result says so and callers may go on.
Status trace(const Context& context, std::string_view key, const std::vector<Hop>& hops);

}  // namespace meterway::flow
