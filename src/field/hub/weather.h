#pragma once
#include <chrono>
#include <optional>

#include "base/util/clock.h"
#include "base/util/random.h"

namespace meterway::field {

/// How bad the radio between the hubs and their region is. All zero: every frame at once and in order.
struct WeatherSettings {
  double loss = 0;                     ///< share of frames that never come, 0 .. 0.9
  double reorder = 0;                  ///< share of frames that are held back so that later ones overtake them
  std::chrono::milliseconds least{0};  ///< latency of a frame, evenly drawn between the two
  std::chrono::milliseconds most{0};
  std::uint64_t seed = 1;
};

/// Draws the fate of each frame of the link from a seed: the same frames in the same order meet the same fate. What is
/// lost, the protocol sends again. Sharing: one thread at a time.
class Weather {
 public:
  explicit Weather(WeatherSettings settings) : settings_(settings), random_(settings.seed) {}
  /// Nothing: the frame is lost. Otherwise how long it takes.
  std::optional<std::chrono::milliseconds> fate();
  /// No frame is lost or late.
  bool fair() const { return settings_.loss <= 0 && settings_.reorder <= 0 && settings_.most.count() <= 0; }

 private:
  double draw() { return static_cast<double>(random_.next_u64() >> 11) * 0x1p-53; }
  WeatherSettings settings_;
  SeededRandom random_;
};

}  // namespace meterway::field
