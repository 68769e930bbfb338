#include "records/store/commit_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace meterway::store {
namespace {

/// A view that nothing is written to.
class NoView final : public WriteView {
 public:
  Result<std::optional<std::string>> get(std::string_view, std::string_view) const override {
    return std::optional<std::string>();
  }
  Result<std::vector<Row>> scan(std::string_view, std::string_view, std::string_view, std::size_t) const override {
    return std::vector<Row>();
  }
  Status put(std::string_view, std::string_view, std::string_view) override { return {}; }
  Status erase(std::string_view, std::string_view) override { return {}; }
};

struct Groups {
  std::vector<std::size_t> sizes;
  CommitQueue::Commit commit() {
    return [this](std::span<CommitQueue::Entry* const> group) {
      NoView view;
      for (auto* entry : group) static_cast<void>(entry->run(view));
      sizes.push_back(group.size());
    };
  }
};

TEST(CommitQueue, LetsOneWhoWritesAloneNotWaitForOthers) {
  Groups groups;
  CommitQueue queue(groups.commit(), 128, std::chrono::hours(1));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(queue.write([](WriteView&) -> Status { return {}; }));
  EXPECT_EQ(groups.sizes, std::vector<std::size_t>(5, 1));
}

TEST(CommitQueue, RunsEveryWorkOnceWhileGroupsWaitForMore) {
  Groups groups;
  CommitQueue queue(groups.commit(), 4, std::chrono::microseconds(200));
  constexpr int kThreads = 8, kEach = 100;
  int done = 0;  // changed by one leader after the other
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kEach; ++n) {
        EXPECT_TRUE(queue.write([&](WriteView&) -> Status {
          ++done;
          return {};
        }));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, kThreads * kEach);
  for (const auto size : groups.sizes) EXPECT_LE(size, 4u);
}

}  // namespace
}  // namespace meterway::store
