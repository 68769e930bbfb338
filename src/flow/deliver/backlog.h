#pragma once
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "flow/deliver/queue.h"

/// What Users are owed, for operators and for the Users themselves.
namespace meterway::flow::deliver {

struct ClassBacklog {
  std::uint64_t depth = 0;        ///< queued, those under way among them
  std::optional<UtcTime> oldest;  ///< when the oldest of them was made
  std::uint64_t given_up = 0;     ///< on record only
  std::uint64_t too_large = 0;    ///< of those, over the limit of a push even when compressed
  std::uint64_t taken_last_minute = 0, taken_last_five = 0;
};

struct UserBacklog {
  Eui64 user;
  std::array<ClassBacklog, kDeliveryClasses> classes;
  unsigned under_way = 0;
  unsigned failures = 0;             ///< pushes that failed since one was last taken
  std::optional<UtcTime> next_push;  ///< when the next one is tried; none when nothing waits or all are under way
  std::uint64_t taken_last_minute = 0, taken_last_five = 0;
  std::optional<std::chrono::seconds> drain;  ///< until nothing is left, at the pace of the last minute
  std::string name;                           ///< of the User
  std::uint32_t agreed_per_second = 0;        ///< pushes, never more; 0: nothing is agreed
  std::uint64_t depth() const;
};

/// By when a queue is empty if nothing more comes, and from what that is reckoned; without a time where nothing drains.
struct Promise {
  std::optional<UtcTime> by;
  std::uint64_t ahead = 0;  ///< deliveries that go before the last of it, itself among them
  std::string how;          ///< for a person: which pace, and what stands before it
};
/// Of all of a User's classes, or of one: those of lower order go first, those of the same order take turns with it.
/// The pace is that of the last minute, or of the last five where that had none, or what is agreed with the receiver
/// where nothing was due before; never more than agreed.
Promise promise(const UserBacklog& user, std::optional<DeliveryClass> one, UtcTime now);

/// How many happened in the last 60 s, by a clock handed in.
class LastMinute {
 public:
  void count(UtcTime now);
  std::uint64_t sum(UtcTime now) const;
  static constexpr std::chrono::seconds kTime{60};

 private:
  struct Second {
    std::int64_t number = -1;
    std::uint64_t count = 0;
  };
  std::array<Second, 60> seconds_;
};

/// The same of the last five minutes, to ten seconds, which is what a queue needs that seldom has something.
class LastFive {
 public:
  void count(UtcTime now);
  std::uint64_t sum(UtcTime now) const;
  static constexpr std::chrono::seconds kTime{300};

 private:
  struct Part {
    std::int64_t number = -1;
    std::uint64_t count = 0;
  };
  std::array<Part, 30> parts_;
};

/// Both.
struct Pace {
  LastMinute minute;
  LastFive five;
  void count(UtcTime now) {
    minute.count(now);
    five.count(now);
  }
};

}  // namespace meterway::flow::deliver
