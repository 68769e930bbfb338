#pragma once
#include <optional>
#include <string>
#include <vector>

#include "flow/tracing/reason.h"
#include "flow/tracing/story.h"
#include "flow/tracing/tables.h"

namespace meterway::flow::tracing {

/// One line of the timeline: an event of the log, or the one half of an event that tells of two things.
struct Step {
  const store::Event* event = nullptr;
  const StepRow* row = nullptr;
  std::string_view outcome, area, tone, title;
  std::string detail;
  UtcTime time{};
  std::optional<std::chrono::microseconds> took;  ///< since the step before it; none for the first
  std::optional<Reason> reason;
  bool has_bytes = false;  ///< the event's bytes belong to this line
};

/// In the order of time; `story` outlives them.
std::vector<Step> steps_of(const Story& story, const rules::Rules& rules);

}  // namespace meterway::flow::tracing
