#include "records/store/commit_queue.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <utility>
#include <vector>

namespace meterway::store {
namespace {

/// Happens once. All who wait for it are woken by one call of the kernel, and take no lock when they are.
class Wake {
 public:
  void set() {
    happened_.store(1, std::memory_order_release);
    ::syscall(SYS_futex, &happened_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  }
  void wait() {
    while (happened_.load(std::memory_order_acquire) == 0)
      ::syscall(SYS_futex, &happened_, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
  }

 private:
  std::atomic<std::uint32_t> happened_{0};
  static_assert(sizeof(std::atomic<std::uint32_t>) == 4 && std::atomic<std::uint32_t>::is_always_lock_free);
};

}  // namespace

struct CommitQueue::Group {
  std::vector<Entry*> entries;
  Wake turn;  // of the first, who leads
  Wake done;  // for the others
};

bool CommitQueue::Entry::run(WriteView& view) {
  try {
    result = (*work)(view);
  } catch (...) {
    thrown = std::current_exception();
    result = fail(ErrorCode::Refused, 0, "work");
  }
  return result.has_value();
}

Status CommitQueue::write(const Work& work) {
  Entry self(work);
  std::unique_lock lock(mutex_);
  const bool leads = waiting_.empty() || waiting_.back()->entries.size() >= most_in_group_;
  if (leads) waiting_.push_back(std::make_shared<Group>());
  const auto group = waiting_.back();  // who wakes us may still be at it when we are gone
  group->entries.push_back(&self);
  if (leads) {
    if (std::exchange(leading_, true)) {
      lock.unlock();
      group->turn.wait();
      lock.lock();
    }
    lead(lock);
  } else {
    if (gather_.count() > 0 && group->entries.size() == most_in_group_) full_.notify_one();
    lock.unlock();
    group->done.wait();
  }
  if (self.thrown) std::rethrow_exception(self.thrown);
  return self.result;
}

/// Commits the group that has waited longest, and gives the next one its turn.
void CommitQueue::lead(std::unique_lock<std::mutex>& lock) {
  const auto group = waiting_.front();
  if (gather_.count() > 0 && together_)
    full_.wait_for(lock, gather_, [&] { return group->entries.size() >= most_in_group_; });
  waiting_.pop_front();
  lock.unlock();
  commit_(group->entries);
  lock.lock();
  together_ = group->entries.size() > 1 || !waiting_.empty();
  const auto next = waiting_.empty() ? nullptr : waiting_.front();
  leading_ = next != nullptr;
  lock.unlock();
  if (group->entries.size() > 1) group->done.set();
  if (next) next->turn.set();
}

}  // namespace meterway::store
