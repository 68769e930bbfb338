#include "flow/deliver/heads.h"

#include <algorithm>
#include <tuple>

namespace meterway::flow::deliver {

void Heads::add(const Place& place) {
  // Past the last one here there may be others in the store that come before it.
  if (!whole_ && (places_.empty() || !Earlier()(place, *places_.rbegin()))) return;
  places_.insert(place);
  if (places_.size() <= 2 * kMost) return;
  places_.erase(std::prev(places_.end()));
  whole_ = false;
}

Place Heads::take_first() {
  const auto place = *places_.begin();
  places_.erase(places_.begin());
  return place;
}

void Heads::refill(std::span<const Place> stored, bool whole, const std::function<bool(const DeliveryId&)>& under_way) {
  for (const auto& place : stored) {
    if (!under_way(place.id)) places_.insert(place);
  }
  whole_ = whole;
}

std::optional<DeliveryClass> Turns::next(const std::array<bool, kDeliveryClasses>& due) {
  std::optional<std::size_t> chosen;
  bool starving = false;
  // Among those that have waited long enough the one that has waited longest past it, else the first in order.
  const auto before = [&](std::size_t a, std::size_t b) {
    const auto one = delivery_class_at(a), other = delivery_class_at(b);
    const auto over = [&](std::size_t i) { return static_cast<int>(passed_over_[i]); };
    if (starving)
      return over(a) - static_cast<int>(waits_at_most(one)) > over(b) - static_cast<int>(waits_at_most(other));
    return std::tuple(order(one), -over(a)) < std::tuple(order(other), -over(b));
  };
  for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
    if (!due[i]) {
      passed_over_[i] = 0;
      continue;
    }
    const bool waited = passed_over_[i] >= waits_at_most(delivery_class_at(i));
    if (waited && !starving) {
      starving = true;
      chosen = i;
    } else if (waited == starving && (!chosen || before(i, *chosen))) {
      chosen = i;
    }
  }
  if (!chosen) return std::nullopt;
  for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
    if (due[i]) ++passed_over_[i];
  }
  passed_over_[*chosen] = 0;
  return delivery_class_at(*chosen);
}

}  // namespace meterway::flow::deliver
