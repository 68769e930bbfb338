#include "field/hub/weather.h"

#include <algorithm>

namespace meterway::field {

std::optional<std::chrono::milliseconds> Weather::fate() {
  if (fair()) return std::chrono::milliseconds(0);
  // Always three draws, so that one setting does not shift the fate that another one deals out.
  const double lost = draw(), late = draw(), slow = draw();
  if (lost < settings_.loss) return std::nullopt;
  const auto least = settings_.least;
  const auto range = std::max(settings_.most - least, std::chrono::milliseconds(0));
  auto wait =
      least + std::chrono::milliseconds(static_cast<std::int64_t>(slow * static_cast<double>(range.count() + 1)));
  // Longer than anything that is not held back, so that whatever follows at once comes first.
  if (late < settings_.reorder) wait += std::max(settings_.most, std::chrono::milliseconds(20));
  return wait;
}

}  // namespace meterway::field
