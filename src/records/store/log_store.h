#pragma once
#include <chrono>
#include <functional>

#include "base/util/random.h"
#include "records/store/store.h"

namespace meterway::store {

struct LogOptions {
  std::size_t checkpoint_bytes = 32u << 20;  ///< changes in memory before they are written to SQLite
  std::size_t most_bytes = 256u << 20;       ///< beyond, writes wait for that, or fail with Full when it cannot be done
  std::size_t most_in_group = 128;           ///< works that share one sync
  std::chrono::microseconds gather{0};       ///< how long a group waits for more while writers come together
  std::size_t allocate_bytes = 1u << 20;     ///< room taken for the log at a time
  Random* random = nullptr;                  ///< for the salts of segments; none: the kernel's
  /// Runs a checkpoint elsewhere, soon (on a thread, in an executor); must have run or dropped what it was given before
  /// the store is destroyed. None: the write that finds it due does it.
  std::function<void(std::function<void()>)> background;
};

/// An append log before SQLite (docs/adr/0008). A group of writes is one append and one sync of the log, then visible
/// in memory; when that has grown it goes to SQLite in one transaction, sorted, and the log's segment is dropped: what
/// was put and changed or erased meanwhile is written once. Opening replays the log. One process opens it at a time.
/// A write that failed with Io or Full may come to light when the process dies before the next one succeeds.
///
///     readers    view of sequence S:  changes in memory (active, then frozen) over SQLite
///     writers    group -> log record -> sync -> active;  active too large -> frozen -> SQLite -> gone
///
/// Errors: as open_sqlite; BadDigest, Conflict when the log is damaged other than at its end (log_file.h).
Result<std::unique_ptr<Store>> open_log_store(const std::string& path, LogOptions options = {},
                                              Disk& disk = system_disk());

}  // namespace meterway::store
