#include "records/store/commit_queue.h"

#include <algorithm>

namespace meterway::store {

struct CommitQueue::Waiting {
  explicit Waiting(const Work& work) : entry(work) {}
  Entry entry;
  bool done = false;
  std::condition_variable wake;  // one each: a commit wakes those it served and the next leader, nobody else
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
  const auto self = std::make_shared<Waiting>(work);  // who wakes us may still be at it when we are gone
  std::unique_lock lock(mutex_);
  waiting_.push_back(self);
  if (gather_.count() > 0 && waiting_.size() == most_in_group_) full_.notify_one();
  while (!self->done) {
    if (leading_) {
      self->wake.wait(lock);
    } else {
      lead(lock);
    }
  }
  if (self->entry.thrown) std::rethrow_exception(self->entry.thrown);
  return self->entry.result;
}

/// Commits one group, of whoever has waited longest.
void CommitQueue::lead(std::unique_lock<std::mutex>& lock) {
  leading_ = true;
  if (gather_.count() > 0 && together_)
    full_.wait_for(lock, gather_, [this] { return waiting_.size() >= most_in_group_; });
  const auto size = std::min(most_in_group_, waiting_.size());
  const std::vector<std::shared_ptr<Waiting>> group(waiting_.begin(),
                                                    waiting_.begin() + static_cast<std::ptrdiff_t>(size));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(size));
  std::vector<Entry*> entries;
  for (const auto& one : group) entries.push_back(&one->entry);
  lock.unlock();
  if (!entries.empty()) commit_(entries);
  lock.lock();
  leading_ = false;
  together_ = group.size() > 1 || !waiting_.empty();
  for (const auto& one : group) one->done = true;
  const auto next = waiting_.empty() ? nullptr : waiting_.front();
  lock.unlock();  // or they would wake only to wait for it
  for (const auto& one : group) one->wake.notify_one();
  if (next) next->wake.notify_one();
  lock.lock();
}

}  // namespace meterway::store
