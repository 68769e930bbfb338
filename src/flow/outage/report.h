#pragma once
#include <optional>
#include <string>
#include <vector>

#include "flow/envelope/context.h"
#include "flow/outage/outage.h"

namespace meterway::flow::outage {

/// One alert that was owed to one User, with the stamp of every hop; zero where it has not passed.
struct Figure {
  enum class Kind : std::uint8_t { Loss, Return } kind = Kind::Loss;
  Eui64 hub;
  Eui64 user;
  std::string mpxn;
  std::string region;
  std::size_t event_size = 0;  ///< hubs that lost their supply together
  UtcTime lost{};
  UtcTime restored{};
  UtcTime owed{};  ///< three minutes after the loss (outage_after); the moment of the return
  UtcTime hub_sent{};
  UtcTime region_received{};
  UtcTime region_sent{};
  UtcTime accepted{};      ///< by the platform
  UtcTime raised{};        ///< written for the User
  UtcTime delivered{};     ///< the push that the User took was begun
  UtcTime acknowledged{};  ///< the User said 204
};

/// Which losses, and whose alerts.
struct Selection {
  std::optional<std::vector<Eui64>> users;  ///< only what was owed to these
  std::optional<UtcTime> from, until;
  bool takes(Eui64 user) const;
};

inline constexpr std::size_t kMostFigures = 1'000'000;

/// A figure for every alert that was owed: AD1 for a loss, 8F35 or 8F36 of each meter for a return. Ordered by loss.
/// Errors: those of the store; TooLarge over kMostFigures.
Result<std::vector<Figure>> figures(const store::ReadView& view, const Selection& selection, const Context& context);

/// Losses belong to one event as long as each follows the one before within this time.
inline constexpr std::chrono::seconds kOneEvent{60};

/// {"target_s", "definitions", "groups": [{"alert", "region", "hubs", "owed", "delivered", "acknowledged",
/// "within_target", "to_delivered_ms": {"p50","p95","p99","max"}, "to_acknowledged_ms": {...},
/// "hops_ms": {"reported": {...}, ...}}]}: a group per alert, region and size of event, and one for all.
std::string report_json(const std::vector<Figure>& figures);
/// A line for each figure, with the raw stamps (ISO 8601, microseconds).
std::string report_csv(const std::vector<Figure>& figures);

}  // namespace meterway::flow::outage
