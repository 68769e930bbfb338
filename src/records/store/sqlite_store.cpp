#include <algorithm>
#include <limits>
#include <mutex>

#include "records/store/commit_queue.h"
#include "records/store/sqlite.h"
#include "records/store/sqlite_vfs.h"
#include "records/store/store.h"

namespace meterway::store {
namespace {

constexpr std::int64_t kSchemaVersion = 1;

// One SQL table holds every table of the contract: four statements serve them all, prepared once per connection.
constexpr const char* kSchema =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE row(tbl BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY(tbl,key)) WITHOUT ROWID;"
    "PRAGMA user_version=1;"
    "COMMIT;";

Result<std::optional<std::string>> get_row(Connection& db, std::string_view table, std::string_view key) {
  const ResetAtEnd reset{db.get};
  const int code = db.get.bind(1, table).bind(2, key).step();
  if (code == SQLITE_DONE) return std::optional<std::string>();
  if (code != SQLITE_ROW) return sqlite_failure(code, "get");
  return std::optional(db.get.column(0));
}

Result<std::vector<Row>> scan_rows(Connection& db, std::string_view table, std::string_view from, std::string_view to,
                                   std::size_t limit) {
  const ResetAtEnd reset{db.scan};
  const auto most = static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int64_t>::max()));
  db.scan.bind(1, table).bind(2, from).bind(3, to).bind(4, most).bind(5, std::int64_t{to.empty()});
  std::vector<Row> rows;
  for (;;) {
    const int code = db.scan.step();
    if (code == SQLITE_DONE) return rows;
    if (code != SQLITE_ROW) return sqlite_failure(code, "scan");
    rows.push_back({db.scan.column(0), db.scan.column(1)});
  }
}

class Reading final : public ReadView {
 public:
  explicit Reading(Connection& db) : db_(db) {}
  Result<std::optional<std::string>> get(std::string_view table, std::string_view key) const override {
    return get_row(db_, table, key);
  }
  Result<std::vector<Row>> scan(std::string_view table, std::string_view from, std::string_view to,
                                std::size_t limit) const override {
    return scan_rows(db_, table, from, to, limit);
  }

 private:
  Connection& db_;
};

class Writing final : public WriteView {
 public:
  explicit Writing(Connection& db) : db_(db) {}
  Result<std::optional<std::string>> get(std::string_view table, std::string_view key) const override {
    return get_row(db_, table, key);
  }
  Result<std::vector<Row>> scan(std::string_view table, std::string_view from, std::string_view to,
                                std::size_t limit) const override {
    return scan_rows(db_, table, from, to, limit);
  }
  Status put(std::string_view table, std::string_view key, std::string_view value) override {
    if (key.size() > kMaxKeyBytes) return fail(ErrorCode::TooLarge, key.size(), "store key");
    if (value.size() > kMaxValueBytes) return fail(ErrorCode::TooLarge, value.size(), "store value");
    return db_.put.bind(1, table).bind(2, key).bind(3, value).run();
  }
  Status erase(std::string_view table, std::string_view key) override {
    return db_.erase.bind(1, table).bind(2, key).run();
  }

 private:
  Connection& db_;
};

/// Ends a transaction without keeping anything, unless it was committed; also when `work` throws.
struct RollBackUnlessDone {
  Connection& db;
  bool done = false;
  ~RollBackUnlessDone() {
    if (!done) static_cast<void>(db.rollback.run());  // fails only when SQLite has rolled back already
  }
};

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string path, std::unique_ptr<SqliteVfs> vfs, std::unique_ptr<Connection> writer)
      : path_(std::move(path)),
        vfs_(std::move(vfs)),
        writer_(std::move(writer)),
        queue_([this](std::span<CommitQueue::Entry* const> group) { commit(group); }) {}

  Status read(const std::function<Status(const ReadView&)>& work) const override {
    METERWAY_TRY(auto db, borrow());
    Status result;
    {
      METERWAY_CHECK(db->begin.run());
      const RollBackUnlessDone end{*db};
      result = work(Reading(*db));
    }
    const std::scoped_lock lock(idle_mutex_);
    if (idle_.size() < kIdleReaders) idle_.push_back(std::move(db));
    return result;
  }

  Status write(const std::function<Status(WriteView&)>& work) override { return queue_.write(work); }

 private:
  static constexpr std::size_t kIdleReaders = 16;  ///< connections kept open; more readers at once open their own

  /// One transaction for the group, a savepoint for each work. What fails for itself leaves nothing; what fails the
  /// transaction fails everybody.
  void commit(std::span<CommitQueue::Entry* const> group) {
    if (const auto done = commit_or_fail(group); !done) {
      for (auto* entry : group) {
        if (entry->result && !entry->thrown) entry->result = done;
      }
    }
  }
  Status commit_or_fail(std::span<CommitQueue::Entry* const> group) {
    METERWAY_CHECK(writer_->begin.run());
    RollBackUnlessDone end{*writer_};
    Writing view(*writer_);
    for (auto* entry : group) {
      METERWAY_CHECK(writer_->savepoint.run());
      const bool kept = entry->run(view);
      if (!writer_->in_transaction()) return kept ? fail(ErrorCode::Database, 0, "transaction") : entry->result;
      if (!kept) METERWAY_CHECK(writer_->undo.run());
      METERWAY_CHECK(writer_->release.run());
    }
    METERWAY_CHECK(writer_->commit.run());
    end.done = true;
    return {};
  }

  Result<std::unique_ptr<Connection>> borrow() const {
    {
      const std::scoped_lock lock(idle_mutex_);
      if (!idle_.empty()) {
        auto db = std::move(idle_.back());
        idle_.pop_back();
        return db;
      }
    }
    METERWAY_TRY(auto db, Connection::open(path_, vfs_ ? vfs_->name() : nullptr, false));
    METERWAY_CHECK(db->prepare());
    return db;
  }

  const std::string path_;
  const std::unique_ptr<SqliteVfs> vfs_;  // none on the system's disk; before the connections
  std::unique_ptr<Connection> writer_;
  CommitQueue queue_;
  mutable std::mutex idle_mutex_;
  mutable std::vector<std::unique_ptr<Connection>> idle_;
};

/// SQLite gives its -wal and -shm files the permission of the database, so that is made first and made private.
Status make_private(const std::string& path, Disk& disk) {
  METERWAY_TRY(const bool there, disk.exists(path));
  if (there) return {};
  auto file = disk.open(path, Disk::Open::MayCreate);
  if (!file) return fail(file.error().code == ErrorCode::Full ? ErrorCode::Full : ErrorCode::Io, 0, "store file");
  return disk.sync_folder(folder_of(path));
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, Disk& disk) {
  std::unique_ptr<SqliteVfs> vfs;
  if (&disk != &system_disk()) {
    METERWAY_TRY(vfs, SqliteVfs::make(disk));
  }
  METERWAY_CHECK(make_private(path, disk));
  METERWAY_TRY(auto writer, Connection::open(path, vfs ? vfs->name() : nullptr, true));
  METERWAY_TRY(const auto version, writer->pragma("PRAGMA user_version"));
  if (version > kSchemaVersion) return fail(ErrorCode::Unsupported, static_cast<std::size_t>(version), "store version");
  if (version == 0) METERWAY_CHECK(writer->exec(kSchema));
  METERWAY_CHECK(writer->prepare());
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(path, std::move(vfs), std::move(writer)));
}

}  // namespace meterway::store
