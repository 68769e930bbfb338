#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "base/util/clock.h"

namespace meterway::flow {

/// Calls back when the handed-in clock has reached a time. What is due is called on the timer's own thread: hand it on,
/// do not work there. Nothing is kept over a restart; whoever sets a timer can set it again from the store.
/// Sharing: `at` from any thread.
class Timers {
 public:
  explicit Timers(const Clock& clock);
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  void at(UtcTime time, std::function<void()> call);
  void stop();

 private:
  void run();

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<UtcTime, std::function<void()>> due_;
  bool closed_ = false;
  std::thread thread_;
};

}  // namespace meterway::flow
