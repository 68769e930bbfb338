#pragma once
#include <optional>
#include <string>

#include "flow/envelope/context.h"
#include "records/store/event_log.h"

namespace meterway::flow::tracing {

/// The rule that decided a step, as its event names it: a row of access control, a refusal, a dated rule, or that of
/// anomaly detection.
struct Reason {
  std::string name;  ///< "responsible.IS", "refusal.stale_counter", "quarantine.keep"
  std::string clause, how_sure, source, says;
};

/// None where the event's own words are all there is. Rows are those of the event's day.
std::optional<Reason> reason_of(const store::Event& event, const rules::Rules& rules);

/// "stale_counter" of an event that says a request was refused; empty of every other.
std::string refusal_in(const store::Event& event);

}  // namespace meterway::flow::tracing
