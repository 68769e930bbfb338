#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/util/disk.h"
#include "base/util/random.h"

struct sqlite3_vfs;

namespace meterway::store {

/// Lets SQLite run on a Disk: files through DiskFile, locks and the WAL's shared memory within this process only. So
/// the same store can run on the simulated disk that crashes; on the real one SQLite's own VFS is used.
/// Its randomness is a fixed sequence and its time stands still: a run repeats exactly.
/// Sharing: safe between threads; must outlive the connections opened with it.
class SqliteVfs {
 public:
  static Result<std::unique_ptr<SqliteVfs>> make(Disk& disk);
  ~SqliteVfs();
  SqliteVfs(const SqliteVfs&) = delete;
  SqliteVfs& operator=(const SqliteVfs&) = delete;
  /// For sqlite3_open_v2().
  const char* name() const { return name_.c_str(); }

  struct Node;  ///< what connections to one file share: its locks, its shared memory
  std::shared_ptr<Node> node(const std::string& path);
  Disk& disk() { return disk_; }
  void randomness(std::span<std::uint8_t> out);

 private:
  explicit SqliteVfs(Disk& disk);
  Disk& disk_;
  const std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::mutex mutex_;
  SeededRandom random_{1};
  std::map<std::string, std::weak_ptr<Node>> nodes_;
};

}  // namespace meterway::store
