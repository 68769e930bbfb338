#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "records/store/store.h"
#include "standard/calendar/date.h"
#include "standard/rules/rules.h"

/// What the event log says of a month: one pass over its events, counted into arrays. A pass goes on where it stopped,
/// so that a month that is not over is read once, too.
namespace meterway::operations {

struct ResponseCount {
  std::uint64_t owed = 0;  ///< due in the month, and delivered, or so old that a delivery is late
  std::uint64_t in_time = 0;
  friend bool operator==(const ResponseCount&, const ResponseCount&) = default;
};

/// One User, service, region and delivery mode.
struct ServiceCount {
  std::string user;     ///< its EUI-64
  std::string service;  ///< service reference variant
  std::string region;   ///< CSPRegion of the inventory; empty: of no device, or not there
  bool dated = false;   ///< sent for a later date
  std::uint64_t sent = 0;
  friend bool operator==(const ServiceCount&, const ServiceCount&) = default;
};

/// The same measures of the devices of one region.
struct RegionCount {
  std::string region;
  ResponseCount on_demand, future_dated, alerts;
  friend bool operator==(const RegionCount&, const RegionCount&) = default;
};

struct EventCounts {
  std::uint64_t first_sequence = 0, last_sequence = 0, events = 0;  ///< of the month; 0: it has none
  bool complete = true;  ///< false: some of them were removed before they were counted, and nothing below is counted
  std::vector<ServiceCount> services;  ///< by user, service, region, mode
  /// On demand: of requests accepted in the month. Future-dated: of requests whose date, kept by the DCC, lies in it.
  /// Alerts: of devices and of the DCC, that came in it; one for each User who is to have it.
  ResponseCount on_demand, future_dated, alerts;
  std::vector<RegionCount> regions;  ///< by region, for those that have one; together they are at most the above
  std::uint64_t sent() const;
};

/// Sharing: from any thread; the pass over a month is made once, and those who want the same month wait for it.
class EventMonths {
 public:
  EventMonths(const store::Store& store, const rules::Rules& rules);
  ~EventMonths();
  /// Of the month that begins on this day. Errors: those of the store and of rules.
  Result<std::shared_ptr<const EventCounts>> month(calendar::Date first) const;

 private:
  class Pass;
  const store::Store& store_;
  const rules::Rules& rules_;
  mutable std::mutex guard_;  ///< of the map; a pass has its own
  mutable std::map<calendar::Date, std::shared_ptr<Pass>> passes_;
};

}  // namespace meterway::operations
