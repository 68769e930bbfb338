#pragma once
#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "flow/deliver/queue.h"

/// What Users are owed, for operators and for the Users themselves.
namespace meterway::flow::deliver {

struct ClassBacklog {
  std::uint64_t depth = 0;        ///< queued, those under way among them
  std::optional<UtcTime> oldest;  ///< when the oldest of them was made
  std::uint64_t given_up = 0;     ///< on record only
  std::uint64_t too_large = 0;    ///< of those, over the limit of a push even when compressed
};

struct UserBacklog {
  Eui64 user;
  std::array<ClassBacklog, kDeliveryClasses> classes;
  unsigned under_way = 0;
  unsigned failures = 0;             ///< pushes that failed since one was last taken
  std::optional<UtcTime> next_push;  ///< when the next one is tried; none when nothing waits or all are under way
  std::uint64_t taken_last_minute = 0;
  std::optional<std::chrono::seconds> drain;  ///< until nothing is left, at the pace of the last minute
  std::uint64_t depth() const;
};

/// How many happened in the last 60 s, by a clock handed in.
class LastMinute {
 public:
  void count(UtcTime now);
  std::uint64_t sum(UtcTime now) const;

 private:
  struct Second {
    std::int64_t number = -1;
    std::uint64_t count = 0;
  };
  std::array<Second, 60> seconds_;
};

}  // namespace meterway::flow::deliver
