#include "records/store/sqlite.h"

namespace meterway::store {

Unexpected<Error> sqlite_failure(int code, const char* field) {
  const int primary = code & 0xFF;
  if (primary == SQLITE_FULL) return fail(ErrorCode::Full, static_cast<std::size_t>(code), field);
  if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN)
    return fail(ErrorCode::Io, static_cast<std::size_t>(code), field);
  return fail(ErrorCode::Database, static_cast<std::size_t>(code), field);
}

Status Statement::run() {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = step();
  reset();
  if (code != SQLITE_DONE) return sqlite_failure(code, "sqlite");
  return {};
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, const char* vfs, bool writer) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs);
  std::unique_ptr<Connection> connection(new Connection(handle));
  connection->writer_ = writer;
  if (code != SQLITE_OK) return sqlite_failure(code, "store file");
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 5000);
  METERWAY_CHECK(connection->exec("PRAGMA journal_mode=WAL"));
  METERWAY_CHECK(connection->exec("PRAGMA synchronous=FULL"));
  METERWAY_CHECK(connection->exec("PRAGMA temp_store=MEMORY"));
  // A checkpoint changes tens of megabytes in one transaction; what does not fit is written and read again.
  if (writer) METERWAY_CHECK(connection->exec("PRAGMA cache_size=-32768"));
  if (!writer) METERWAY_CHECK(connection->exec("PRAGMA query_only=ON"));
  return connection;
}

Result<std::unique_ptr<Connection>> Connection::look(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (code != SQLITE_OK) return sqlite_failure(code, "store file");
  sqlite3_busy_timeout(handle, 5000);
  return connection;
}

Status Connection::exec(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_failure(code, "sqlite");
  return {};
}

Result<std::int64_t> Connection::number(const char* sql) {
  METERWAY_TRY(Statement query, statement(sql));
  const int code = query.step();
  if (code != SQLITE_ROW) return sqlite_failure(code, "sqlite");
  return query.number(0);
}

Status Connection::copy_to(const std::string& path, const char* vfs) {
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
  const std::unique_ptr<sqlite3, Close> to(raw);
  if (opened != SQLITE_OK) return sqlite_failure(opened, "copy of the store");
  auto* backup = sqlite3_backup_init(raw, "main", handle_.get(), "main");
  if (backup == nullptr) return sqlite_failure(sqlite3_errcode(raw), "copy of the store");
  const int copied = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (copied != SQLITE_DONE) return sqlite_failure(copied, "copy of the store");
  if (finished != SQLITE_OK) return sqlite_failure(finished, "copy of the store");
  return {};
}

Result<Statement> Connection::statement(const char* sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return sqlite_failure(code, "sqlite");
  return Statement(raw);
}

Status Connection::prepare() {
  const auto set = [this](Statement& into, const char* sql) -> Status {
    METERWAY_TRY(into, statement(sql));
    return {};
  };
  METERWAY_CHECK(set(begin, writer_ ? "BEGIN IMMEDIATE" : "BEGIN"));
  METERWAY_CHECK(set(commit, "COMMIT"));
  METERWAY_CHECK(set(rollback, "ROLLBACK"));
  METERWAY_CHECK(set(savepoint, "SAVEPOINT work"));
  METERWAY_CHECK(set(release, "RELEASE work"));
  METERWAY_CHECK(set(undo, "ROLLBACK TO work"));
  METERWAY_CHECK(set(applied, "UPDATE meta SET value=?1 WHERE name='applied'"));
  METERWAY_CHECK(set(get, "SELECT value FROM row WHERE tbl=?1 AND key=?2"));
  // Two, as SQLite ends a walk at a bound only when it stands there by itself.
  METERWAY_CHECK(set(scan, "SELECT key,value FROM row WHERE tbl=?1 AND key>=?2 ORDER BY key LIMIT ?3"));
  METERWAY_CHECK(
      set(scan_below, "SELECT key,value FROM row WHERE tbl=?1 AND key>=?2 AND key<?4 ORDER BY key LIMIT ?3"));
  METERWAY_CHECK(set(put, "INSERT INTO row VALUES(?1,?2,?3) ON CONFLICT(tbl,key) DO UPDATE SET value=excluded.value"));
  METERWAY_CHECK(set(append,
                     "INSERT INTO row VALUES(?1,?2,?3) ON CONFLICT(tbl,key) DO UPDATE SET "
                     "value=CAST(row.value||excluded.value AS BLOB)"));
  METERWAY_CHECK(set(erase, "DELETE FROM row WHERE tbl=?1 AND key=?2"));
  METERWAY_CHECK(set(next_table, "SELECT tbl FROM row WHERE tbl>?1 ORDER BY tbl LIMIT 1"));
  METERWAY_CHECK(set(measure,
                     "SELECT COUNT(*),TOTAL(length(key)+length(value)) FROM (SELECT key,value FROM row WHERE tbl=?1 "
                     "LIMIT ?2)"));
  return {};
}

}  // namespace meterway::store
