// A power cut at any operation of the disk: what a job had done is done, once, and the rest is done afterwards.
#include "tests/jobs/jobs_bench.h"
#include "tests/support/sanitized.h"

namespace meterway::jobs {
namespace {

constexpr std::uint64_t kHubs = 70;

class JobsCrash : public JobsBench {
 protected:
  /// One attempt to bring the job to its end; false when the disk has stopped before that.
  bool attempt() {
    const auto done = submit(kept(), person(), draft(hubs(1, kHubs)), clock.now());
    if (!done) return false;
    for (int steps = 0; steps < 400; ++steps) {
      std::optional<Job> now;
      const auto read = kept().read([&](const store::ReadView& view) -> Status {
        METERWAY_TRY(now, find_job(view, done->job.id));
        return {};
      });
      if (!read || !now) return false;
      if (now->state() == "done") return true;
      if (now->state() == "checked" || now->state() == "dry run done") {
        const auto next = now->state() == "checked" ? "dry-run" : "run";
        if (!act(kept(), person(), now->id, next, clock.now())) return false;
      }
      wake();
      if (executor.step()) continue;
      if (const auto next = executor.next(); next && *next > clock.now()) clock.set(*next);
    }
    return false;
  }
};

TEST_F(JobsCrash, AtEveryOperationOfTheDiskLeavesNoRowOutAndDoesNoneTwice) {
  ASSERT_TRUE(world(kHubs));
  const auto before = disk_->operations();
  ASSERT_TRUE(attempt());
  const auto operations = disk_->operations() - before;
  ASSERT_GT(operations, 20u);
  // Under a sanitizer, which takes ten times as long, at every tenth.
  for (std::uint64_t stop = 1; stop <= operations; stop += kSanitized ? 10 : 1) {
    again();
    ASSERT_TRUE(world(kHubs));
    disk_->stop_at(disk_->operations() + stop);
    EXPECT_FALSE(attempt()) << stop;
    crash(stop * 7919);
    ASSERT_TRUE(attempt()) << stop;
    EXPECT_EQ(outcomes(1), (std::map<std::string, std::uint64_t>{{"done", kHubs}})) << stop;
    EXPECT_EQ(job(1).counts, outcomes(1)) << stop;
    const auto records = returns();
    EXPECT_EQ(records.size(), kHubs) << stop;
    const auto told = lines("service.8.14.4");
    for (std::uint64_t n = 1; n <= kHubs; ++n) {
      EXPECT_EQ(state(hub(n)), registry::DeviceState::Decommissioned) << stop;
      EXPECT_EQ(records.at(hub(n).plain()), 1) << stop;
      EXPECT_EQ(told.at("device:" + hub(n).plain()), 1) << stop;
    }
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace meterway::jobs
