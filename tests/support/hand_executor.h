#pragma once
#include <deque>
#include <map>
#include <optional>

#include "base/util/executor.h"

namespace meterway::tests {

/// Runs nothing until the test says so: work in the order it was posted, then what the clock has made due.
class HandExecutor final : public Executor {
 public:
  explicit HandExecutor(const Clock& clock) : clock_(clock) {}

  Status post(std::uint64_t, std::function<void()> work) override {
    if (stopped_) return fail(ErrorCode::Closed, 0, "executor");
    queue_.push_back(std::move(work));
    return {};
  }
  void at(UtcTime time, std::uint64_t, std::function<void()> work) override {
    if (!stopped_) due_.emplace(time, std::move(work));
  }
  void stop() override {
    stopped_ = true;
    queue_.clear();
    due_.clear();
  }

  /// Drops what waits, as the end of a process does.
  void forget() {
    queue_.clear();
    due_.clear();
  }
  /// One piece of work; false when there is none now.
  bool step() {
    if (queue_.empty() && !due_.empty() && due_.begin()->first <= clock_.now()) {
      queue_.push_back(std::move(due_.begin()->second));
      due_.erase(due_.begin());
    }
    if (queue_.empty()) return false;
    const auto work = std::move(queue_.front());
    queue_.pop_front();
    work();
    return true;
  }
  void run() {
    while (step()) {
    }
  }
  /// When the next piece is due; none when nothing waits for time.
  std::optional<UtcTime> next() const { return due_.empty() ? std::nullopt : std::optional(due_.begin()->first); }

 private:
  const Clock& clock_;
  std::deque<std::function<void()>> queue_;
  std::multimap<UtcTime, std::function<void()>> due_;
  bool stopped_ = false;
};

}  // namespace meterway::tests
