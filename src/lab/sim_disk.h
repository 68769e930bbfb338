#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>

#include "base/util/disk.h"

namespace meterway::lab {

/// A disk in memory that forgets what real ones forget. Writes are seen at once and survive crash() only when they were
/// synced, or by luck of the seed, whole or torn; names likewise (a created, renamed or removed name survives once its
/// folder was synced). Everything it does follows from the calls made and the seeds given.
///
/// Use: give it to open_sqlite(), open_log_store(); to crash, stop() or stop_at() so that the dying store can change
/// nothing more, drop the store, then crash(seed) and open it again.
/// Sharing: safe between threads.
class SimDisk final : public Disk {
 public:
  SimDisk();
  ~SimDisk() override;

  /// A power cut: of what was not synced a random part stays, sectors torn in the middle of a write included. Works
  /// again afterwards; files that are still open from before are dead and fail with Io.
  void crash(std::uint64_t seed);
  /// From now on nothing can grow: writes beyond a file's end fail with Full, having written a part or nothing.
  void set_full(bool full);
  /// Every operation that changes something (write, truncate, sync, a name) counts; the n-th from the beginning and all
  /// after it fail with Io, the n-th write perhaps half done. 0: none.
  void stop_at(std::uint64_t operation);
  /// Fails everything at once, reads too.
  void stop();
  std::uint64_t operations() const;
  /// Syncs so far, of files and folders.
  std::uint64_t syncs() const;

  Result<std::unique_ptr<DiskFile>> open(const std::string& path, Open how) override;
  /// One process: nothing to hold against, and nothing that a crash could leave.
  Result<std::unique_ptr<DiskFile>> lock(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Result<bool> exists(const std::string& path) const override;
  Result<std::vector<std::string>> list(const std::string& folder) const override;
  Status sync_folder(const std::string& folder) override;
  Result<std::uint64_t> free_bytes(const std::string& folder) const override;

  /// For tests of damage: changes a stored byte behind everybody's back, synced. Errors: NotFound, OutOfRange.
  Status damage(const std::string& path, std::uint64_t offset, std::uint8_t xor_with);

 private:
  friend class SimFile;
  struct Change;
  struct Content;
  struct NameChange;
  using Names = std::map<std::string, std::shared_ptr<Content>>;
  Status may_change();
  void apply(const NameChange& change, Names& names) const;

  mutable std::mutex mutex_;
  Names seen_;     ///< what programs see
  Names durable_;  ///< what a power cut leaves for certain
  std::vector<NameChange> pending_;
  std::uint64_t operations_ = 0, syncs_ = 0, stop_at_ = 0, life_ = 1;
  bool full_ = false, stopped_ = false;
};

}  // namespace meterway::lab
