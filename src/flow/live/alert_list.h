#pragma once
#include <vector>

#include "flow/live/feed.h"

/// Alerts of devices and of the DCC, each with what has become of it: read from the event log.
namespace meterway::flow::live {

struct AlertQuery {
  EventFilter filter;  ///< user: who was told, or would have been; words, from, to, device
  std::string code;    ///< "8F3E", "AD1", in either case; empty: all
  std::optional<std::uint64_t> after;
  std::size_t limit = 100;
  bool csv = false;
};
Result<AlertQuery, std::string> read_alert_query(std::string_view query);

/// Somebody whom it was written for.
struct ToldOne {
  Eui64 user;
  UtcTime queued{};
  std::string delivery_class;
};

struct AlertLine {
  std::uint64_t sequence = 0;
  UtcTime time{};
  std::string key;
  std::string code;     ///< "8F3E", "AD1"
  std::string meaning;  ///< "Unauthorised Physical Access - Tamper Detect", "power_outage"; empty: no table has a name
  bool of_dcc = false;
  KeyFacts facts;
  Place place;
  std::vector<ToldOne> told;
  std::size_t delivered = 0, given_up = 0, failures = 0;  ///< of the deliveries to those told; of pushes
  std::optional<UtcTime> delivered_at;                    ///< the last of them
  std::string held;  ///< why it was held back as one of a storm, and what it was summed up with; empty: it was not
  /// queued, delivered, given up, held, nobody
  std::string_view state() const;
};

struct AlertList {
  std::vector<AlertLine> lines;  ///< the latest first
  std::uint64_t next = 0;
  bool more = false;
  std::uint64_t looked_at = 0;  ///< events that were gone through for these
  store::Removed removed;
};

/// The next `limit` alerts before `after`. Goes through some 50,000 events at most: with few alerts among many events
/// an answer may hold less, and say that there is more. Errors: those of the store.
Result<AlertList> read_alerts(const store::ReadView& view, const AlertQuery& query, const gateway::Caller& caller);

/// What the tables call a code of a device ("8F3E"), or a DCC event.
std::string meaning_of_alert(std::string_view code);

}  // namespace meterway::flow::live
