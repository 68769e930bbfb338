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
/// One scope may have windows of several lengths: slots are as narrow as the shortest asks for, and where they are too
/// many the two become one that matter least for their age. So slots grow wider as they grow older, and to every window
/// from the shortest to the longest they are narrow: a 24th of it where one is a day and the other an hour, a 12th
/// where it is a month and an hour.
/// A clock that was set back changes nothing: time goes on from the latest that was seen here.
///
/// Row:     format:1 warned:8 count:1, then of each slot first:8 last:8 passed:4 held:4
/// Sharing: a value.
class Counter {
 public:
  static constexpr std::size_t kMostSlots = 128;
  static constexpr int kSlotsPerWindow = 24;
  static constexpr std::chrono::hours kAhead{7 * 24};

  struct Sum {
    std::uint64_t passed = 0, held = 0;
  };
  /// `now`, or what was seen here if that is later.
  UtcTime time(UtcTime now) const;
  Sum within(UtcTime now, std::chrono::microseconds window) const;
  /// One more. What is older than `longest` is forgotten; `shortest` is the window that sets the width of a slot.
  void add(UtcTime now, bool passed, std::chrono::microseconds shortest, std::chrono::microseconds longest);

  /// Forgets what is farther ahead of `now` than a clock that was set back explains: the longest window and kAhead.
  /// Whoever saw such a time saw a clock that ran ahead; nobody's requests wait until it is true. False: nothing is.
  bool forget_ahead(UtcTime now, std::chrono::microseconds longest);

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
  /// Makes two neighbours one, at `at`.
  void join_two(UtcTime at);

  std::vector<Slot> slots_;  ///< oldest first
  UtcTime warned_{};         ///< zero: never
};

}  // namespace meterway::anomaly
