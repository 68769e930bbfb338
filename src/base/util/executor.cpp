#include "base/util/executor.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace meterway {
namespace {

// However far the next piece is, the clock is looked at this often: a clock that is set forward wakes no one.
constexpr std::chrono::milliseconds kLongestSleep{50};

/// One thread and the lanes that are its own.
struct Worker {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> queue;
  bool closed = false;
  std::thread thread;

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [&] { return closed || !queue.empty(); });
      if (closed) return;
      auto work = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
    }
  }
};

class ThreadExecutor final : public Executor {
 public:
  ThreadExecutor(const Clock& clock, unsigned threads, std::size_t most_queued)
      : clock_(clock), most_queued_(most_queued) {
    for (unsigned i = 0; i < std::max(1u, threads); ++i) {
      auto& worker = *workers_.emplace_back(std::make_unique<Worker>());
      worker.thread = std::thread([&worker] { worker.run(); });
    }
    watch_ = std::thread([this] { watch(); });
  }
  ~ThreadExecutor() override { stop(); }

  Status post(std::uint64_t lane, std::function<void()> work) override {
    return enqueue(lane, std::move(work), most_queued_);
  }

  void at(UtcTime time, std::uint64_t lane, std::function<void()> work) override {
    bool is_next = false, is_due = false;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      is_next = due_.empty() || time < due_.begin()->first;
      is_due = is_next && time <= clock_.now();
      if (!is_due) due_.emplace(time, Due{lane, std::move(work)});
    }
    if (is_due) return static_cast<void>(enqueue(lane, std::move(work), SIZE_MAX));  // spares the watch a wake-up
    if (is_next) wake_.notify_one();
  }

  void stop() override {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    wake_.notify_all();
    if (watch_.joinable()) watch_.join();
    for (auto& worker : workers_) {
      {
        const std::lock_guard lock(worker->mutex);
        worker->closed = true;
        worker->queue.clear();
      }
      worker->wake.notify_all();
    }
    for (auto& worker : workers_) {
      if (worker->thread.joinable()) worker->thread.join();
    }
  }

 private:
  struct Due {
    std::uint64_t lane = 0;
    std::function<void()> work;
  };

  Status enqueue(std::uint64_t lane, std::function<void()> work, std::size_t most) {
    // Devices of one maker are numbered in sequence: the multiplication spreads neighbours over the threads.
    auto& worker = *workers_[(lane * 0x9E3779B97F4A7C15ull >> 32) % workers_.size()];
    bool idle = false;
    {
      const std::lock_guard lock(worker.mutex);
      if (worker.closed) return fail(ErrorCode::Closed, 0, "executor");
      if (worker.queue.size() >= most) return fail(ErrorCode::Full, 0, "executor");
      idle = worker.queue.empty();
      worker.queue.push_back(std::move(work));
    }
    if (idle) worker.wake.notify_one();
    return {};
  }

  void watch() {
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
      auto due = std::move(first->second);
      due_.erase(first);
      lock.unlock();
      (void)enqueue(due.lane, std::move(due.work), SIZE_MAX);  // refused only once it is closed
      lock.lock();
    }
  }

  const Clock& clock_;
  const std::size_t most_queued_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<UtcTime, Due> due_;
  bool closed_ = false;
  std::thread watch_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(const Clock& clock, unsigned threads, std::size_t most_queued) {
  return std::make_unique<ThreadExecutor>(clock, threads, most_queued);
}

}  // namespace meterway
