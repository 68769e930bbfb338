#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/util/disk.h"
#include "base/util/result.h"

/// The storage contract: ordered tables of key and value behind a read view and a write view. Every back end passes
/// tests/contract. A reader cannot write by mistake: it never holds a WriteView.
namespace meterway::store {

/// Limits that every back end keeps; over them put() fails with TooLarge.
inline constexpr std::size_t kMaxKeyBytes = 4096;
inline constexpr std::size_t kMaxValueBytes = 64u << 20;

/// Keys and values are any bytes; keys are ordered byte by byte, unsigned, a prefix before what it begins.
struct Row {
  std::string key;
  std::string value;
};

class ReadView {
 public:
  virtual ~ReadView() = default;
  virtual Result<std::optional<std::string>> get(std::string_view table, std::string_view key) const = 0;
  /// Rows with from <= key < to in key order (empty `to`: to the end), the first `limit` of them.
  virtual Result<std::vector<Row>> scan(std::string_view table, std::string_view from, std::string_view to,
                                        std::size_t limit) const = 0;
};

class WriteView : public ReadView {
 public:
  virtual Status put(std::string_view table, std::string_view key, std::string_view value) = 0;
  virtual Status erase(std::string_view table, std::string_view key) = 0;
  /// Adds to the end of a row's value, or puts it where there is no row: what was there is not read to do so. The
  /// limits hold for what is added; whoever goes on appending keeps the sum below them.
  virtual Status append(std::string_view table, std::string_view key, std::string_view value);
};

class Store {
 public:
  virtual ~Store() = default;
  /// A consistent view for the length of the call. Thread-safe.
  virtual Status read(const std::function<Status(const ReadView&)>& work) const = 0;
  /// One atomic change; durable (on disk) when this returns success. Nothing is kept when `work` fails. Thread-safe,
  /// writers take turns.
  virtual Status write(const std::function<Status(WriteView&)>& work) = 0;
  /// Writes all that is committed, as of one moment, to a new SQLite file while everything else goes on; synced when
  /// this returns. Any back end can be opened on it. Errors: Conflict when there is such a file; Io, Full, Database.
  virtual Status backup(const std::string& path) const = 0;
};

/// What this program writes: 1 was release 0.1; 2 has events of one change in one row, and a table of its own for meta;
/// 3 appends to rows: events in blocks, a request's end with its request. Rows of version 2 are read where they are.
inline constexpr std::int64_t kStoreVersion = 3;
/// The version of a store's file, without opening it as a store. Errors: NotFound, Io, Database.
Result<std::int64_t> version_of(const std::string& path);

/// The embedded default: SQLite in WAL mode with synchronous=FULL (docs/adr/0005). The file is made when it does not
/// exist, readable by its owner alone. One process opens it at a time.
/// Do not call write() inside write(): the second waits for the first for ever. read() inside write() sees the state
/// before that write. `disk` outlives the store. Errors: Conflict while another process has it open; Io, Database;
/// Unsupported when a newer version wrote the file.
Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, Disk& disk = system_disk());

}  // namespace meterway::store
