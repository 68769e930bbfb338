#pragma once
#include "flow/envelope/context.h"
#include "records/registry/request_record.h"

namespace meterway::flow {

/// How long a command that is Accepted may wait, counted from `now` or from its date where that comes later: for the
/// request before it (sequence_timeout), for another party's signature (cos_timeout), for its hub (reach_timeout).
/// Whoever brings it a step further sets its deadline by this.
UtcTime deadline_from(const registry::RequestRecord& record, UtcTime now, const Context& context);

/// Of what waits for something else that has a time of its own; whoever lets it go on sets a new one.
inline UtcTime no_deadline() { return UtcTime::max(); }

}  // namespace meterway::flow
