#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/util/result.h"
#include "standard/ids/ids.h"

namespace meterway::flow {

/// A small fixed set of threads, each with a bounded queue. Work for one device always goes to the same thread, in
/// order, so its counters and records need no lock.
/// Sharing: post from any thread. The destructor refuses newcomers, drops what is queued (the store remembers it) and
/// waits for what runs.
class Workers {
 public:
  Workers(unsigned threads, std::size_t most_queued);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Errors: Full (try again later), Closed.
  Status post(Eui64 device, std::function<void()> work);
  void stop();

 private:
  struct Lane {
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::function<void()>> queue;
    bool closed = false;
    std::thread thread;
  };
  static void run(Lane& lane);

  std::size_t most_queued_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace meterway::flow
