#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/util/clock.h"
#include "base/util/result.h"

namespace meterway::anomaly {

/// How many communications of one scope there were lately, in slots: each has when its first and its last came, and
/// how many passed and were held between. A slot is counted until its last is older than the window, so a window never
/// has more than its threshold, and what is counted is at most one slot (a 24th of the window) too old.
/// A clock that was set back changes nothing: time goes on from the latest that was seen here.
///
/// Row:     format:1 warned:8 count:1, then of each slot first:8 last:8 passed:4 held:4
/// Sharing: a value.
class Counter {
 public:
  static constexpr std::size_t kMostSlots = 64;  ///< beyond it the two oldest become one
  static constexpr int kSlotsPerWindow = 24;

  struct Sum {
    std::uint64_t passed = 0, held = 0;
  };
  /// `now`, or what was seen here if that is later.
  UtcTime time(UtcTime now) const;
  Sum within(UtcTime now, std::chrono::microseconds window) const;
  /// One more. What is older than `longest` is forgotten; `shortest` is the window that sets the width of a slot.
  void add(UtcTime now, bool passed, std::chrono::microseconds shortest, std::chrono::microseconds longest);

  /// Whether a warning was given in the window before.
  bool warned(UtcTime now, std::chrono::microseconds window) const;
  void warn(UtcTime now) { warned_ = time(now); }

  std::string write() const;
  static Result<Counter> read(std::string_view row);

 private:
  struct Slot {
    UtcTime first{}, last{};
    std::uint32_t passed = 0, held = 0;
  };
  std::vector<Slot> slots_;  ///< oldest first
  UtcTime warned_{};         ///< zero: never
};

}  // namespace meterway::anomaly
