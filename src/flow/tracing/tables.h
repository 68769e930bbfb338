#pragma once
#include <span>
#include <string_view>

/// What the hops of a trace are called, and whose move it is: rows of spec/trace_steps.tsv and spec/next_moves.tsv.
namespace meterway::flow::tracing {

/// A step and outcome of the event log, for people; its area and tone are those of event_area.h.
struct StepRow {
  std::string_view step, outcome;
  std::string_view spent;  ///< what the time since the step before it went into; "-": nothing
  std::string_view title;
};
/// Its own row, otherwise that of its step, otherwise the last resort.
const StepRow& step_row(std::string_view step, std::string_view outcome);
std::span<const StepRow> all_steps();

/// Who can mend a case, and how.
struct MoveRow {
  std::string_view name;  ///< "refusal.no_device", "code.E21", "state.sent"
  std::string_view area;  ///< where on the road it stands then (event_area.h)
  std::string_view
      who;  ///< "user", "adaptor", "platform", "device", "registration", "operations", "done", "in_progress"
  std::string_view next;  ///< a sentence
  std::string_view source, how_sure;
};
/// Null where there is no such row.
const MoveRow* find_move(std::string_view kind, std::string_view name);
std::span<const MoveRow> all_moves();

/// "the User", "the User's software"...: `who` for people.
std::string_view words_of(std::string_view who);

}  // namespace meterway::flow::tracing
