#pragma once
#include <mutex>

#include "base/util/disk.h"
#include "records/store/sqlite.h"
#include "records/store/store.h"

namespace meterway::store {

// The contract's operations on one connection.
Result<std::optional<std::string>> get_row(Connection& db, std::string_view table, std::string_view key);
Result<std::vector<Row>> scan_rows(Connection& db, std::string_view table, std::string_view from, std::string_view to,
                                   std::size_t limit);
Status put_row(Connection& db, std::string_view table, std::string_view key, std::string_view value);
Status append_row(Connection& db, std::string_view table, std::string_view key, std::string_view value);
Status erase_row(Connection& db, std::string_view table, std::string_view key);
/// Names of the tables that have rows.
Result<std::vector<std::string>> table_names(Connection& db);
/// Whether a table has at most so many rows and bytes; looks no further than that.
Result<bool> is_small(Connection& db, std::string_view table, std::size_t most_rows, std::size_t most_bytes);
/// TooLarge when over the contract's limits.
Status check_size(std::string_view key, std::string_view value);

/// Reads and writes rows of a connection as a view of the contract; the caller has begun the transaction.
class ConnectionView final : public WriteView {
 public:
  explicit ConnectionView(Connection& db) : db_(db) {}
  Result<std::optional<std::string>> get(std::string_view table, std::string_view key) const override {
    return get_row(db_, table, key);
  }
  Result<std::vector<Row>> scan(std::string_view table, std::string_view from, std::string_view to,
                                std::size_t limit) const override {
    return scan_rows(db_, table, from, to, limit);
  }
  Status put(std::string_view table, std::string_view key, std::string_view value) override {
    METERWAY_CHECK(check_size(key, value));
    return put_row(db_, table, key, value);
  }
  Status erase(std::string_view table, std::string_view key) override { return erase_row(db_, table, key); }
  Status append(std::string_view table, std::string_view key, std::string_view value) override {
    METERWAY_CHECK(check_size(key, value));
    return append_row(db_, table, key, value);
  }

 private:
  Connection& db_;
};

/// Ends a transaction without keeping anything, unless it was committed; also when `work` throws.
struct RollBackUnlessDone {
  Connection& db;
  bool done = false;
  ~RollBackUnlessDone() {
    if (!done && db.in_transaction()) static_cast<void>(db.rollback.run());
  }
};

class SqliteVfs;

/// The SQLite file of a store: its schema, one connection that writes, a pool of those that read.
/// Sharing: borrow() and give_back() from any thread; writer() by one at a time.
class SqliteFile {
 public:
  /// Makes the file where there is none and brings an older one up to date (schema.h).
  static Result<std::unique_ptr<SqliteFile>> open(const std::string& path, Disk& disk);
  ~SqliteFile();

  Connection& writer() { return *writer_; }
  Result<std::unique_ptr<Connection>> borrow() const;
  void give_back(std::unique_ptr<Connection> connection) const;
  /// Writes the snapshot that a connection stands on (it has begun and read) to a new file, and over it what `more`
  /// changes there. Errors: Conflict when there is such a file; Io, Full, Database.
  Status copy_to(Connection& from, const std::string& path, const std::function<Status(Connection&)>& more) const;

 private:
  static constexpr std::size_t kIdleReaders = 16;  ///< connections kept open; more readers at once open their own
  SqliteFile(std::string path, Disk& disk, std::unique_ptr<DiskFile> lock, std::unique_ptr<SqliteVfs> vfs,
             std::unique_ptr<Connection> writer);
  const char* vfs_name() const;

  const std::string path_;
  Disk& disk_;
  const std::unique_ptr<DiskFile> lock_;
  const std::unique_ptr<SqliteVfs> vfs_;  // none on the system's disk; before the connections
  const std::unique_ptr<Connection> writer_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace meterway::store
