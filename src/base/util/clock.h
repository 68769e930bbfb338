#pragma once
#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "base/util/result.h"

namespace meterway {

/// A moment in UTC, to the microsecond.
using UtcTime = std::chrono::sys_time<std::chrono::microseconds>;

/// Where the time comes from. Handed in everywhere, so that a day replays from a seed.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UtcTime now() const = 0;
};

class SystemClock final : public Clock {
 public:
  UtcTime now() const override;
};

/// A clock that stands still until it is set. Safe to share between threads.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UtcTime start) : micros_(start.time_since_epoch().count()) {}
  UtcTime now() const override { return UtcTime(std::chrono::microseconds(micros_.load())); }
  void set(UtcTime time) { micros_ = time.time_since_epoch().count(); }
  void advance(std::chrono::microseconds by) { micros_ += by.count(); }

 private:
  std::atomic<std::int64_t> micros_;
};

/// "2026-11-22T09:30:00.125Z"; `fraction_digits` is 0, 3 or 6.
std::string to_iso8601(UtcTime time, int fraction_digits = 3);

/// Reads an xs:dateTime: optional fraction; "Z", an offset, or no zone (taken as UTC).
/// Errors: BadDateTime.
Result<UtcTime> from_iso8601(std::string_view text);

}  // namespace meterway
