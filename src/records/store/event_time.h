#pragma once
#include "base/util/clock.h"
#include "records/store/store.h"

/// The event log by time. Events stand in the order in which they were written; their own stamps may be somewhat older
/// (a device's message is stamped when it came, a hub's report when the hub says).
namespace meterway::store {

/// The sequence of the event that was written last; 0 when there is none.
Result<std::uint64_t> last_sequence(const ReadView& view);

/// A sequence near the first event that was written at `time` or later: found by halving, so that it costs some twenty
/// reads whatever there is. Single stamps that are far off do not mislead it. Who wants all of a span of time begins
/// somewhat before. Errors: those of the store.
Result<std::uint64_t> sequence_near(const ReadView& view, UtcTime time);

}  // namespace meterway::store
