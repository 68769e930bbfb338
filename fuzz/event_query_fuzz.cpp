#include <cstdint>
#include <cstdlib>
#include <string>

#include "flow/envelope/event_area.h"
#include "flow/live/alert_list.h"

/// Whoever may read events or alerts writes the query of /api/v1/events and /alerts. Invariants: what is taken keeps
/// the limits, a sample is never asked of pages, and areas and tones are those of the table.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway::flow;
  const std::string query(reinterpret_cast<const char*>(data), size);
  if (const auto events = live::read_event_query(query)) {
    if (events->limit == 0 || events->limit > (events->csv ? live::kMostCsvLines : live::kMostLines)) std::abort();
    if (events->sample && events->newest_first) std::abort();
    meterway::store::EventView event;
    event.step = event.outcome = event.detail = event.key = query;
    const bool fits = events->filter.fits(event);
    const auto& row = area_of(event.step, event.outcome, event.detail);
    if (fits && !live::is_one_of(events->filter.area, row.area)) std::abort();
  } else if (events.error().empty()) {
    std::abort();
  }
  if (const auto alerts = live::read_alert_query(query); alerts && alerts->limit == 0) std::abort();
  (void)live::facts_of_key(query);
  return 0;
}
