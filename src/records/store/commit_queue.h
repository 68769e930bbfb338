#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <span>

#include "records/store/store.h"

namespace meterway::store {

/// Gathers writers into groups, so that many changes share one commit. Whoever comes first into a group leads it: his
/// thread runs and commits the works of all; those who come meanwhile form the next group. No thread of its own: with
/// one caller at a time every group is one work.
/// Sharing: safe between threads.
class CommitQueue {
 public:
  using Work = std::function<Status(WriteView&)>;
  /// One caller's work and what came of it. A work that throws leaves `thrown` and counts as failed.
  struct Entry {
    explicit Entry(const Work& its_work) : work(&its_work) {}
    const Work* work;
    Status result;
    std::exception_ptr thrown;
    /// Runs the work on `view`, keeping what it throws. True when it succeeded.
    bool run(WriteView& view);
  };
  /// Runs every entry's work and makes those that succeeded durable together; sets every `result`. Called by one thread
  /// at a time.
  using Commit = std::function<void(std::span<Entry* const>)>;

  /// Groups are of at most `most_in_group` works. While writers come together, a group waits `gather` for more of them;
  /// one who goes on writing alone does not wait.
  explicit CommitQueue(Commit commit, std::size_t most_in_group = 128, std::chrono::microseconds gather = {})
      : commit_(std::move(commit)), most_in_group_(most_in_group), gather_(gather) {}
  /// Returns when the work has been committed or has failed; throws what the work throws.
  Status write(const Work& work);

 private:
  struct Group;
  void lead(std::unique_lock<std::mutex>& lock);

  const Commit commit_;
  const std::size_t most_in_group_;
  const std::chrono::microseconds gather_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<Group>> waiting_;
  std::condition_variable full_;  // as many wait as one group takes
  bool leading_ = false;
  bool together_ = false;  // the last group was of more than one, or others came meanwhile
};

}  // namespace meterway::store
