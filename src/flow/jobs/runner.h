#pragma once
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "base/util/waker.h"
#include "flow/jobs/hub_returns.h"

namespace meterway::flow::jobs {

/// Does what people have asked of their jobs (records/jobs): checks rows, tells what would become of them, carries them
/// out.
///
///     check      each row as a document of the schema; what stands there twice            changes nothing
///     dry run    the decisions and effects of the run, made on top of the store and       changes nothing
///                forgotten
///     run        each row's effect and its result, with the place to go on from, in one   as the service does
///                write of at most kRowsInBlock rows
///
/// So after a crash at any moment a row has been carried out and says so, or neither; what was at work goes on by
/// itself. A job is one piece after the other in one lane, jobs take turns, and between two pieces of a run there is
/// the time that the rule jobs.rate.<class> leaves. Sharing: look() from any thread; all the rest in one lane.
class Runner {
 public:
  using Post = std::function<void(const deliver::Place&)>;
  /// `context` outlives it, and the executor is stopped before it goes.
  static std::unique_ptr<Runner> start(const Context& context, Post post);
  /// There is a new job, or something was asked of one.
  void look();

 private:
  /// What is decided of a row before the write that carries it out.
  struct Row {
    meterway::jobs::RowResult result;
    std::optional<AuthorisedRequest> request{};
    std::optional<Refused> refused{};
  };
  struct Block {
    meterway::jobs::Job job;
    std::uint64_t number = 0;
    std::vector<meterway::jobs::Cells> cells;
    std::vector<meterway::jobs::RowResult> before;
  };
  Runner(const Context& context, Post post);

  void work();
  Result<std::chrono::microseconds> slice(std::uint64_t id);
  Result<std::optional<Block>> read_block(std::uint64_t id) const;
  Status check(const Block& block);
  Status dry_run(const Block& block);
  Status run(const Block& block);
  Step<Row> prepare(const Block& block, std::size_t index) const;
  Result<const std::map<std::string, std::uint64_t>*> seen_before(const Block& block);
  using Fill = std::function<Status(store::WriteView&, std::vector<meterway::jobs::RowResult>&)>;
  /// Writes what a block has come to and moves the job on, unless somebody has stopped it meanwhile.
  Status write(const Block& block, const Fill& fill);
  std::chrono::microseconds pause_after(const meterway::jobs::Job& job, std::size_t rows) const;

  const Context& context_;
  const Post post_;
  Waker waker_;
  // The lane's own.
  std::uint64_t last_ = 0;  ///< the job that had its turn
  /// Of jobs being checked: what valid rows are about, and in which row it stands.
  std::map<std::uint64_t, std::map<std::string, std::uint64_t>> seen_;
};

}  // namespace meterway::flow::jobs
