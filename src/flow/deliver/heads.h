#pragma once
#include <array>
#include <functional>
#include <set>
#include <span>

#include "flow/deliver/queue.h"

namespace meterway::flow::deliver {

/// The first places of one User and class, so that a queue of any length costs little memory: at most twice kMost.
/// Either all of the class is here, or nothing in the store comes before the last that is here.
class Heads {
 public:
  static constexpr std::size_t kMost = 64;

  /// A place that is in the store since now. Repeats are taken once.
  void add(const Place& place);
  /// Earliest due; none when empty. Ask needs_refill() first.
  const Place* first() const { return places_.empty() ? nullptr : &*places_.begin(); }
  Place take_first();
  /// Nothing is left here, but there may be more in the store.
  bool needs_refill() const { return places_.empty() && !whole_; }
  /// Takes the first places of the class from the store, as many as were there up to a limit that is over
  /// `under_way` by kMost; those under way are left out. `whole`: there were no more than these.
  void refill(std::span<const Place> stored, bool whole, const std::function<bool(const DeliveryId&)>& under_way);
  std::size_t size() const { return places_.size(); }

 private:
  struct Earlier {
    bool operator()(const Place& a, const Place& b) const { return a.due != b.due ? a.due < b.due : a.id < b.id; }
  };
  std::set<Place, Earlier> places_;
  bool whole_ = true;
};

/// Whose turn it is among a User's classes: the first in order that has something due, those of one order in turn,
/// unless one has been passed over as often as its row allows.
class Turns {
 public:
  /// None when nothing is due. The chosen one counts as pushed.
  std::optional<DeliveryClass> next(const std::array<bool, kDeliveryClasses>& due);

 private:
  std::array<unsigned, kDeliveryClasses> passed_over_{};
};

}  // namespace meterway::flow::deliver
