#pragma once
#include "oversight/operations/books.h"
#include "records/store/event_log.h"

/// From a figure back to what it was counted from: the lists of records, and the events of the log.
namespace meterway::operations {

/// Events that a query reads: those of a request with this step and outcome.
struct EventRead {
  std::string_view step, outcome, as;  ///< as: what it means for the figure
};

struct FigureSources {
  std::vector<std::string> lists;  ///< paths of the interface that list the records, as they are now
  std::vector<EventRead> events;   ///< empty: no event is read
};
/// Of a query of spec/figures.tsv, for the month. Nothing for a query that there is not; a test asks for all of them.
FigureSources sources_of(std::string_view query, Period month);

/// What the event is for a figure that reads these; null: nothing.
const EventRead* read_as(const std::vector<EventRead>& events, const store::Event& event);

}  // namespace meterway::operations
