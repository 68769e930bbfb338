#pragma once
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/util/clock.h"

namespace meterway::field {

enum class Fuel : std::uint8_t { Electricity, Gas };

/// What a home draws, as a function of nothing but a seed and the time: the same home reads the same tomorrow, whoever
/// asks and however often. Half-hours are the grain; inside one the flow is even.
class LoadProfile {
 public:
  static constexpr std::chrono::minutes kSlot{30};

  LoadProfile(Fuel fuel, std::uint64_t seed) : fuel_(fuel), seed_(seed) {}

  /// What was drawn between two moments, evenly.
  struct Piece {
    UtcTime from{}, to{};
    std::uint64_t milli = 0;
  };
  /// What was measured elsewhere, in the place of the seed's; in the order of time, and nothing beside it.
  LoadProfile(Fuel fuel, std::vector<Piece> pieces) : fuel_(fuel), measured_(std::move(pieces)) {}

  /// Active import in milliwatt-hours, or gas in millilitres, of the half-hour that starts at `slot` x 30 minutes
  /// after 1970-01-01T00:00Z.
  std::uint64_t slot_milli(std::int64_t slot) const;

  /// Calls `use(start, milli)` for each (part of a) half-hour between the two moments. Parts add up exactly: splitting
  /// the interval anywhere gives the same total.
  void integrate(UtcTime from, UtcTime to, const std::function<void(UtcTime start, std::uint64_t milli)>& use) const;

 private:
  Fuel fuel_;
  std::uint64_t seed_ = 0;
  std::optional<std::vector<Piece>> measured_;
};

}  // namespace meterway::field
