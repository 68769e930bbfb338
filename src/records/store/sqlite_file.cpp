#include "records/store/sqlite_file.h"

#include <algorithm>
#include <limits>

#include "records/store/schema.h"
#include "records/store/sqlite_vfs.h"

namespace meterway::store {
namespace {

/// SQLite gives its -wal and -shm files the permission of the database, so that is made first and made private.
Status make_private(const std::string& path, Disk& disk) {
  METERWAY_TRY(const bool there, disk.exists(path));
  if (there) return {};
  auto file = disk.open(path, Disk::Open::MayCreate);
  if (!file) return fail(file.error().code == ErrorCode::Full ? ErrorCode::Full : ErrorCode::Io, 0, "store file");
  return disk.sync_folder(folder_of(path));
}

}  // namespace

Result<std::optional<std::string>> get_row(Connection& db, std::string_view table, std::string_view key) {
  const ResetAtEnd reset{db.get};
  const int code = db.get.bind(1, table).bind(2, key).step();
  if (code == SQLITE_DONE) return std::optional<std::string>();
  if (code != SQLITE_ROW) return sqlite_failure(code, "get");
  return std::optional(db.get.column(0));
}

Result<std::vector<Row>> scan_rows(Connection& db, std::string_view table, std::string_view from, std::string_view to,
                                   std::size_t limit) {
  auto& scan = to.empty() ? db.scan : db.scan_below;
  const ResetAtEnd reset{scan};
  const auto most = static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int64_t>::max()));
  scan.bind(1, table).bind(2, from).bind(3, most);
  if (!to.empty()) scan.bind(4, to);
  std::vector<Row> rows;
  for (;;) {
    const int code = scan.step();
    if (code == SQLITE_DONE) return rows;
    if (code != SQLITE_ROW) return sqlite_failure(code, "scan");
    rows.push_back({scan.column(0), scan.column(1)});
  }
}

Result<std::vector<std::string>> table_names(Connection& db) {
  std::vector<std::string> names;
  for (std::string last;;) {
    const ResetAtEnd reset{db.next_table};
    const int code = db.next_table.bind(1, last).step();
    if (code == SQLITE_DONE) return names;
    if (code != SQLITE_ROW) return sqlite_failure(code, "tables");
    last = db.next_table.column(0);
    names.push_back(last);
  }
}

Result<bool> is_small(Connection& db, std::string_view table, std::size_t most_rows, std::size_t most_bytes) {
  const ResetAtEnd reset{db.measure};
  const int code = db.measure.bind(1, table).bind(2, static_cast<std::int64_t>(most_rows + 1)).step();
  if (code != SQLITE_ROW) return sqlite_failure(code, "table");
  const auto rows = db.measure.number(0), bytes = db.measure.number(1);
  return rows <= static_cast<std::int64_t>(most_rows) && bytes <= static_cast<std::int64_t>(most_bytes);
}

Status WriteView::append(std::string_view table, std::string_view key, std::string_view value) {
  METERWAY_TRY(const auto present, get(table, key));
  return put(table, key, present ? *present + std::string(value) : std::string(value));
}

Status check_size(std::string_view key, std::string_view value) {
  if (key.size() > kMaxKeyBytes) return fail(ErrorCode::TooLarge, key.size(), "store key");
  if (value.size() > kMaxValueBytes) return fail(ErrorCode::TooLarge, value.size(), "store value");
  return {};
}

Status put_row(Connection& db, std::string_view table, std::string_view key, std::string_view value) {
  return db.put.bind(1, table).bind(2, key).bind(3, value).run();
}

Status append_row(Connection& db, std::string_view table, std::string_view key, std::string_view value) {
  return db.append.bind(1, table).bind(2, key).bind(3, value).run();
}

Status erase_row(Connection& db, std::string_view table, std::string_view key) {
  return db.erase.bind(1, table).bind(2, key).run();
}

SqliteFile::SqliteFile(std::string path, Disk& disk, std::unique_ptr<DiskFile> lock, std::unique_ptr<SqliteVfs> vfs,
                       std::unique_ptr<Connection> writer)
    : path_(std::move(path)), disk_(disk), lock_(std::move(lock)), vfs_(std::move(vfs)), writer_(std::move(writer)) {}
SqliteFile::~SqliteFile() = default;

const char* SqliteFile::vfs_name() const { return vfs_ ? vfs_->name() : nullptr; }

Result<std::unique_ptr<SqliteFile>> SqliteFile::open(const std::string& path, Disk& disk) {
  std::unique_ptr<SqliteVfs> vfs;
  if (&disk != &system_disk()) {
    METERWAY_TRY(vfs, SqliteVfs::make(disk));
  }
  auto lock = disk.lock(path + "-lock");
  if (!lock)
    return fail(lock.error().code == ErrorCode::NotFound ? ErrorCode::Io : lock.error().code, 0, lock.error().field);
  METERWAY_CHECK(make_private(path, disk));
  METERWAY_TRY(auto writer, Connection::open(path, vfs ? vfs->name() : nullptr, true));
  METERWAY_CHECK(upgrade_schema(*writer));
  return std::unique_ptr<SqliteFile>(new SqliteFile(path, disk, *std::move(lock), std::move(vfs), std::move(writer)));
}

Result<std::unique_ptr<Connection>> SqliteFile::borrow() const {
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      auto db = std::move(idle_.back());
      idle_.pop_back();
      return db;
    }
  }
  METERWAY_TRY(auto db, Connection::open(path_, vfs_name(), false));
  METERWAY_CHECK(db->prepare());
  return db;
}

void SqliteFile::give_back(std::unique_ptr<Connection> connection) const {
  const std::scoped_lock lock(mutex_);
  if (idle_.size() < kIdleReaders) idle_.push_back(std::move(connection));
}

Status SqliteFile::copy_to(Connection& from, const std::string& path,
                           const std::function<Status(Connection&)>& more) const {
  METERWAY_TRY(const bool there, disk_.exists(path));
  if (there) return fail(ErrorCode::Conflict, 0, "back-up file");
  const auto part = path + ".part";
  static_cast<void>(disk_.remove(part));
  const auto done = [&]() -> Status {
    METERWAY_CHECK(make_private(part, disk_));
    METERWAY_CHECK(from.copy_to(part, vfs_name()));
    METERWAY_TRY(auto to, Connection::open(part, vfs_name(), true));
    METERWAY_CHECK(to->prepare());
    METERWAY_CHECK(to->begin.run());
    METERWAY_CHECK(more(*to));
    METERWAY_CHECK(to->commit.run());
    METERWAY_CHECK(to->exec("PRAGMA journal_mode=DELETE"));  // one file, with nothing beside it
    to.reset();
    METERWAY_TRY(const auto file, disk_.open(part, Disk::Open::Existing));
    METERWAY_CHECK(file->sync());
    METERWAY_CHECK(disk_.rename(part, path));
    return disk_.sync_folder(folder_of(path));
  }();
  if (!done) {
    for (const auto* suffix : {"", "-wal", "-shm", "-journal"}) static_cast<void>(disk_.remove(part + suffix));
  }
  return done;
}

}  // namespace meterway::store
