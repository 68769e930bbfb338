#include "records/store/commit_queue.h"
#include "records/store/log_file.h"
#include "records/store/sqlite_file.h"
#include "records/store/store.h"

namespace meterway::store {
namespace {

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(std::unique_ptr<SqliteFile> file)
      : file_(std::move(file)), queue_([this](std::span<CommitQueue::Entry* const> group) { commit(group); }) {}

  Status read(const std::function<Status(const ReadView&)>& work) const override {
    METERWAY_TRY(auto db, file_->borrow());
    Status result;
    {
      METERWAY_CHECK(db->begin.run());
      const RollBackUnlessDone end{*db};
      result = work(ConnectionView(*db));
    }
    file_->give_back(std::move(db));
    return result;
  }

  Status write(const std::function<Status(WriteView&)>& work) override { return queue_.write(work); }

  Status backup(const std::string& path) const override {
    METERWAY_TRY(auto db, file_->borrow());
    Status result;
    {
      METERWAY_CHECK(db->begin.run());
      const RollBackUnlessDone end{*db};
      METERWAY_TRY(const auto fixed, get_row(*db, "", ""));
      static_cast<void>(fixed);
      result = file_->copy_to(*db, path, [](Connection&) { return Status(); });
    }
    file_->give_back(std::move(db));
    return result;
  }

 private:
  /// One transaction for the group, a savepoint for each work. What fails for itself leaves nothing; what fails the
  /// transaction fails everybody.
  void commit(std::span<CommitQueue::Entry* const> group) {
    if (const auto done = commit_or_fail(group); !done) {
      for (auto* entry : group) {
        if (entry->result) entry->result = done;
      }
    }
  }
  Status commit_or_fail(std::span<CommitQueue::Entry* const> group) {
    auto& db = file_->writer();
    METERWAY_CHECK(db.begin.run());
    RollBackUnlessDone end{db};
    ConnectionView view(db);
    for (auto* entry : group) {
      METERWAY_CHECK(db.savepoint.run());
      const bool kept = entry->run(view);
      if (!db.in_transaction()) return kept ? fail(ErrorCode::Database, 0, "transaction") : entry->result;
      if (!kept) METERWAY_CHECK(db.undo.run());
      METERWAY_CHECK(db.release.run());
    }
    METERWAY_CHECK(db.commit.run());
    end.done = true;
    return {};
  }

  const std::unique_ptr<SqliteFile> file_;
  CommitQueue queue_;
};

}  // namespace

Result<std::int64_t> version_of(const std::string& path) {
  METERWAY_TRY(const bool there, system_disk().exists(path));
  if (!there) return fail(ErrorCode::NotFound, 0, "store file");
  METERWAY_TRY(const auto db, Connection::look(path));
  return db->number("PRAGMA user_version");
}

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, Disk& disk) {
  METERWAY_CHECK(drain_log(path, disk));
  METERWAY_TRY(auto file, SqliteFile::open(path, disk));
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(file)));
}

}  // namespace meterway::store
