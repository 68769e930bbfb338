#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "base/wire/link_frame.h"
#include "records/registry/device.h"
#include "records/store/store.h"
#include "standard/ids/ids.h"

namespace meterway::flow::outage {

/// A hub's report as it came over the link, and when it was taken from there.
struct HubReport {
  wire::LinkHubEvent frame;
  UtcTime received_at{};
};

/// When one report passed each hop; the first copy of it counts.
struct Stamps {
  UtcTime hub_sent{};
  UtcTime region_received{};
  UtcTime region_sent{};
  UtcTime accepted{};  ///< taken from the link by the platform
  friend bool operator==(const Stamps&, const Stamps&) = default;
};

/// Who was told of a loss. The event log has the rest under the trace key: pushed, delivered.
struct Told {
  Eui64 user;
  Eui64 meter;
  std::string mpxn;
  std::string trace_key;
  friend bool operator==(const Told&, const Told&) = default;
};

/// Waiting: an alert may yet be owed. Raised: it was written for everybody in `told`. NotOwed: the supply was back in
/// time.
enum class Progress : std::uint8_t { Waiting, Raised, NotOwed };

/// One loss of supply at one hub, from its first report on: the durable record.
///
/// Rows:  "outage"       hub (16 hex digits) : time of loss (20 digits, microseconds)  -> the outage
///        "outage-open"  the same key, while it is Waiting                             -> empty
struct Outage {
  Eui64 hub;
  UtcTime lost{};
  std::optional<UtcTime> restored;
  std::string region;  ///< CSPRegion of the hub in the inventory; "" when it is not there
  std::optional<Stamps> loss_report, return_report;
  Progress progress = Progress::Waiting;
  UtcTime raised{};
  std::vector<Told> told;
  std::uint32_t repeats = 0;  ///< reports that came again and told nothing new; nobody was told of them
  friend bool operator==(const Outage&, const Outage&) = default;

  std::string key() const;
  /// When an alert is owed if the supply is not back before.
  UtcTime owed(std::chrono::milliseconds after) const { return lost + after; }
};

/// What a new report changes: the outage as it is now, or nothing when it was known.
/// A return that came before (or without) its loss makes a record of its own; the loss may still follow.
/// A repeat is counted in the row. Errors: those of the store.
Result<std::optional<Outage>> note(store::WriteView& view, const HubReport& report);

Status put_outage(store::WriteView& view, const Outage& outage);
Result<std::optional<Outage>> find_outage(const store::ReadView& view, std::string_view key);
/// Those Waiting.
Result<std::vector<Outage>> open_outages(const store::ReadView& view);
/// What the inventory has behind these hubs.
Result<std::map<Eui64, std::vector<registry::Device>>> devices_behind(const store::ReadView& view,
                                                                      const std::vector<Eui64>& hubs);
/// All whose key is at least `from`, the first `limit`.
Result<std::vector<Outage>> outages_from(const store::ReadView& view, std::string_view from, std::size_t limit);

}  // namespace meterway::flow::outage
