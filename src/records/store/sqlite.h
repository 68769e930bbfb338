#pragma once
#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/util/result.h"

/// The few calls of SQLite that the store needs, with Status instead of numbers. Only sqlite*.cpp include this.
namespace meterway::store {

/// A prepared statement, reset after each use; text and blobs are bound without copying.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  Statement& bind(int index, std::string_view bytes) {
    // A null pointer would bind NULL, and an empty view may hold one.
    sqlite3_bind_blob64(handle_.get(), index, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
    return *this;
  }
  Statement& bind(int index, std::int64_t number) {
    sqlite3_bind_int64(handle_.get(), index, number);
    return *this;
  }
  int step() { return sqlite3_step(handle_.get()); }
  std::string column(int index) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_.get(), index));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), index));
    return data == nullptr ? std::string() : std::string(data, size);
  }
  std::int64_t number(int index) const { return sqlite3_column_int64(handle_.get(), index); }
  /// Steps to the end and resets. Errors: Database with the SQLite code as offset, Full when the disk is.
  Status run();
  void reset() {
    sqlite3_reset(handle_.get());
    sqlite3_clear_bindings(handle_.get());
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// Resets a statement at the end of a scope, so that no read stays open by accident.
struct ResetAtEnd {
  Statement& statement;
  ~ResetAtEnd() { statement.reset(); }
};

Unexpected<Error> sqlite_failure(int code, const char* field);

/// One connection with its cached statements. Sharing: one thread at a time.
class Connection {
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;  // before the statements: they must be gone when it closes

 public:
  /// `vfs` as for sqlite3_open_v2: null for SQLite's own.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, const char* vfs, bool writer);
  /// To read what a file says of itself.
  static Result<std::unique_ptr<Connection>> look(const std::string& path);
  Status exec(const char* sql);
  /// The first column of a query's first row.
  Result<std::int64_t> number(const char* sql);
  /// Writes the snapshot that this connection stands on (it has begun and read) to a new file.
  Status copy_to(const std::string& path, const char* vfs);
  Status prepare();

  /// False after an error at which SQLite undid the whole transaction by itself (a full disk, usually).
  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

  Statement begin, commit, rollback, savepoint, release, undo, applied, get, scan, scan_below, put, append, erase,
      next_table, measure;

 private:
  explicit Connection(sqlite3* handle) : handle_(handle) {}
  Result<Statement> statement(const char* sql);
  bool writer_ = false;
};

}  // namespace meterway::store
