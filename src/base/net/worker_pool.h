#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace meterway::net {

/// A fixed set of threads behind one bounded queue. Sharing: offer() from any thread.
class WorkerPool {
 public:
  WorkerPool(unsigned threads, std::size_t waiting);
  ~WorkerPool() { finish(); }
  /// False when `waiting` jobs wait already, or after finish(); the job is then dropped.
  bool offer(std::function<void()> job);
  /// Runs what waits, then joins the threads.
  void finish();

 private:
  void run();
  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool finishing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace meterway::net
