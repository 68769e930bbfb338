#include "flow/envelope/timers.h"

#include <algorithm>

namespace meterway::flow {

// However far the next call is, the clock is looked at this often: a clock that is set forward wakes no one.
constexpr std::chrono::milliseconds kLongestSleep{50};

Timers::Timers(const Clock& clock) : clock_(clock) {
  thread_ = std::thread([this] { run(); });
}
Timers::~Timers() { stop(); }

void Timers::stop() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Timers::at(UtcTime time, std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    due_.emplace(time, std::move(call));
  }
  wake_.notify_all();
}

void Timers::run() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    if (due_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto now = clock_.now();
    const auto first = due_.begin();
    if (first->first > now) {
      wake_.wait_for(lock, std::min<std::chrono::microseconds>(first->first - now, kLongestSleep));
      continue;
    }
    auto call = std::move(first->second);
    due_.erase(first);
    lock.unlock();
    call();
    call = nullptr;
    lock.lock();
  }
}

}  // namespace meterway::flow
