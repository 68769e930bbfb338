#pragma once
#include <string>

#include "flow/gateway/parameters.h"
#include "records/store/event_log.h"

namespace meterway::flow::live {

inline constexpr std::size_t kMostLines = 500, kMostCsvLines = 10'000;

/// Which events are wanted; what is empty wants all. Where several words may stand, commas are between them.
struct EventFilter {
  std::optional<Eui64> user, device, hub;
  std::string region;   ///< CSPRegion of the device's hub; "unknown": where the inventory has none
  std::string service;  ///< service reference variant of the request
  std::string outcome, area, tone;
  std::string alert_code;  ///< alerts alone, as they came or were raised: "8F3E", "AD1"; "*": of any code
  std::string words;       ///< lower case: stands in key, step, outcome or detail
  std::optional<UtcTime> from, to;

  /// What can be told from the event alone.
  bool fits(const store::EventView& event) const;
};

/// GET /api/v1/events?user=&device=&hub=&region=&service=&outcome=&area=&tone=&q=&from=&to=&after=&limit=&order=
/// &grouped=&sample=&format=
struct EventQuery {
  EventFilter filter;
  std::optional<std::uint64_t> after;  ///< a sequence: what follows it in the order asked for
  std::size_t limit = 100;
  bool newest_first = false;
  bool sample = false;   ///< all up to the end of the log, thinned to `limit` lines; not with newest_first
  bool grouped = false;  ///< a line a key (request, alert, device), with its last event
  bool csv = false;
};
/// Errors in words, beginning with the parameter.
Result<EventQuery, std::string> read_event_query(std::string_view query);

/// Whether `word` is one of those, or there are none.
bool is_one_of(std::string_view words, std::string_view word);
std::string lower_case(std::string_view text);

}  // namespace meterway::flow::live
