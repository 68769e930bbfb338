#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lab/history.h"
#include "lab/world.h"

namespace meterway::lab {

/// A User, service, region and delivery mode.
struct Line {
  Eui64 user;
  std::string service;
  std::string region;  ///< of the home asked about; empty: of none
  bool dated = false;
  friend auto operator<=>(const Line&, const Line&) = default;
};

/// Deliveries owed and in time, by the watches of those outside. `doubtful`: the platform may rightly have measured
/// either, as it stamps what it sends and takes a moment before or after they do, and a crash between two stamps makes
/// that moment long.
struct OwnResponses {
  std::uint64_t owed = 0, in_time = 0, doubtful = 0;
};

/// What Users and homes counted of a month, each its own side; nothing of it comes from the platform's store.
struct OwnCount {
  std::map<Line, std::uint64_t> sent;
  OwnResponses on_demand, future_dated, alerts;
  std::uint64_t refused = 0;  ///< requests that were told an E code, or were no request at all
  std::uint64_t posts = 0;    ///< with repeats, and both legs of critical ones
  std::uint64_t pushes = 0;   ///< documents received, with repeats
  std::uint64_t total() const;
};

/// Counts histories as they grow, so that they need not be kept.
///
/// A request counts in the month in which it was told I99 or I0, once, however often it was sent. Its response is in
/// time when it came within 30 s of I99, or within 24 h of the date that it was sent for; an alert within 60 s of what
/// it tells of (`response.*` of spec/dated_rules.tsv).
class OwnCounter {
 public:
  OwnCounter(UtcTime begin, UtcTime end, const SmallWorld& world) : begin_(begin), end_(end), world_(world) {}
  void take(const History& history);
  /// The platform, or the region of this name, was not there: what happened meanwhile reached the platform later.
  void away(std::string_view region, UtcTime from, UtcTime until);
  /// So far.
  std::uint64_t sent() const;
  OwnCount count() const;

 private:
  struct Request {
    UtcTime leg_sent{}, counted{}, accepted_from{}, accepted{}, first{}, last{};
    std::optional<UtcTime> date;
    std::uint32_t what = 0;
    char leg = '-';
    bool refused = false;
  };
  struct Alert {
    UtcTime happened{}, first{}, last{};
    std::string_view region;
  };
  struct Away {
    std::string region;  ///< empty: the platform
    UtcTime from, until;
  };
  UtcTime reached(const Alert& alert) const;
  void take(const Seen& seen);
  void take_alert(const Seen& seen);
  std::uint32_t number_of(const std::string& service);

  const UtcTime begin_, end_;
  const SmallWorld& world_;
  std::map<RequestId, Request> requests_;
  std::map<std::pair<Eui64, std::string>, Alert> alerts_;  ///< by User and document
  std::vector<Away> away_;
  std::vector<std::string> services_;
  std::uint64_t posts_ = 0, pushes_ = 0;
};

}  // namespace meterway::lab
