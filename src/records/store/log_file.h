#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/util/disk.h"

/// The append log before a store: segments `<store>-log-<number>`, each a header and records, numbers big-endian.
///
///   segment: "MWLOG" 00 00 01 | salt:8 | sequence of its first record:8 | crc:4 | 00:4 | record...  then zeros
///   record:  length of body:4 | crc:4 | sequence:8 | body           a length of zero is the end
///
/// A crc is CRC-32C, a record's over salt, sequence and body. The salt is drawn for each segment, so that bytes which
/// someone else composed (they are in the bodies) cannot pass for a record. Sequences go up by one.
namespace meterway::store {

/// The segment that is being written. Sharing: one thread at a time.
class LogSegment {
 public:
  /// Makes and syncs a new segment. Room is taken `allocate_bytes` at a time and filled with zeros, so that a record's
  /// sync needs not write the file's size as well. Errors: Full, Io.
  static Result<std::unique_ptr<LogSegment>> create(Disk& disk, const std::string& store, std::uint64_t number,
                                                    std::uint64_t first_sequence, std::uint64_t salt,
                                                    std::size_t allocate_bytes);
  /// Room for a record's head at the end of `records`; its body is to follow.
  static void begin(Bytes& records);
  /// Fills in the head of the record that begins at `start` and goes to the end of `records`, for append().
  void finish(Bytes& records, std::size_t start, std::uint64_t sequence) const;
  static std::size_t body_size(const Bytes& records, std::size_t start);
  /// Writes and syncs. After an error the same place is written again; until then a crash may bring the records back.
  Status append(ByteView records);
  std::uint64_t number() const { return number_; }
  std::uint64_t size_bytes() const { return end_; }

 private:
  LogSegment(std::unique_ptr<DiskFile> file, std::uint64_t number, std::uint64_t salt, std::size_t allocate_bytes);
  const std::unique_ptr<DiskFile> file_;
  const std::uint64_t number_, salt_;
  const std::size_t allocate_bytes_;
  std::uint64_t end_, allocated_;
};

std::string segment_path(const std::string& store, std::uint64_t number);
/// Numbers of the segments of a store, in order.
Result<std::vector<std::uint64_t>> list_segments(const std::string& store, const Disk& disk);

/// What a log holds beyond `applied`, given in order to `take`. A record that is torn at the very end never returned
/// success and is left out.
struct Replayed {
  std::uint64_t last_sequence = 0;  ///< of the log, `applied` when it is empty
  std::uint64_t last_segment = 0;   ///< greatest number, 0 when there is none
};
/// Errors: BadDigest where a record is broken although later ones are whole, or a segment's header is; Conflict when a
/// segment is missing; Io; those of `take`. The offset says where in the segment.
Result<Replayed> replay_log(const std::string& store, Disk& disk, std::uint64_t applied,
                            const std::function<Status(std::uint64_t sequence, ByteView body)>& take);

/// Brings what a log holds into the SQLite file and removes the log, for whoever goes on without one.
Status drain_log(const std::string& store, Disk& disk);

}  // namespace meterway::store
