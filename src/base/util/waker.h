#pragma once
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/util/executor.h"

namespace meterway {

/// Wakes somebody at the earliest of the times that he asks for: a later one is forgotten, as whoever is woken looks
/// for what comes next. `work` runs in `lane` of the executor, which is stopped before this ends.
/// Sharing: at() from any thread, also from within work.
class Waker {
 public:
  Waker(Executor& executor, std::uint64_t lane, std::function<void()> work)
      : executor_(executor), lane_(lane), work_(std::move(work)) {}
  void at(UtcTime time);

 private:
  Executor& executor_;
  const std::uint64_t lane_;
  const std::function<void()> work_;
  std::mutex mutex_;  // guards the one below
  UtcTime wake_{};    ///< the earliest time set and not yet come; zero: none
};

}  // namespace meterway
