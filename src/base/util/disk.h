#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway {

/// An open file of a Disk. What write_at() and truncate() did survives a power cut once sync() has returned success;
/// before that any part of it may.
/// Errors:  Full when there is no room (a part may have been written), Io for everything else.
/// Sharing: one thread at a time for each DiskFile; several may be open on the same file.
class DiskFile {
 public:
  virtual ~DiskFile() = default;
  /// Fills `out` from `offset` on and gives how many bytes there were: fewer than asked for at the end of the file
  /// only.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out) const = 0;
  /// Writes all of `bytes`, over what is there or beyond the end (a gap reads as zero).
  virtual Status write_at(std::uint64_t offset, ByteView bytes) = 0;
  virtual Status truncate(std::uint64_t size_bytes) = 0;
  virtual Status sync() = 0;
  virtual Result<std::uint64_t> size() const = 0;
};

/// The file system as the store sees it, so that a simulated one can lose what was not synced (lab/sim_disk.h).
/// Paths are as for open(2). Names that were made, changed or removed survive a power cut once sync_folder() of their
/// folder has returned success; before that the first few of the changes may.
/// Errors:  Full, Io; NotFound for a name that is not there.
/// Sharing: safe between threads.
class Disk {
 public:
  enum class Open { Existing, MayCreate };
  virtual ~Disk() = default;
  /// New files are readable by their owner alone.
  virtual Result<std::unique_ptr<DiskFile>> open(const std::string& path, Open how) = 0;
  /// Holds the file for this process alone until the answer is destroyed. Errors: Conflict while another holds it.
  virtual Result<std::unique_ptr<DiskFile>> lock(const std::string& path) = 0;
  /// Replaces what is at `to`, in one step.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual Status remove(const std::string& path) = 0;
  virtual Result<bool> exists(const std::string& path) const = 0;
  /// Names in the folder (without it), in byte order.
  virtual Result<std::vector<std::string>> list(const std::string& folder) const = 0;
  virtual Status sync_folder(const std::string& folder) = 0;
  /// Bytes that an ordinary user may still write to the file system of `folder`.
  virtual Result<std::uint64_t> free_bytes(const std::string& folder) const = 0;
};

/// The operating system's. fdatasync and fsync, no buffering of its own.
Disk& system_disk();

/// "a/b/c" -> "a/b", "c" -> ".": what sync_folder() wants for a file.
std::string folder_of(const std::string& path);

}  // namespace meterway
