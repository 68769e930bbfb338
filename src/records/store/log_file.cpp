#include "records/store/log_file.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <optional>

#include "base/wire/reader.h"
#include "base/wire/writer.h"
#include "records/store/crc32c.h"

namespace meterway::store {
namespace {

constexpr std::array<std::uint8_t, 8> kMagic{'M', 'W', 'L', 'O', 'G', 0, 0, 1};
constexpr std::size_t kHeaderBytes = 32, kHeadBytes = 16;
constexpr const char* kSuffix = "-log-";

std::uint32_t u32_at(ByteView bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}
std::uint64_t u64_at(ByteView bytes) { return std::uint64_t{u32_at(bytes)} << 32 | u32_at(bytes.subspan(4)); }

void put_u32(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}
void put_u64(Bytes& out, std::uint64_t value) {
  put_u32(out, static_cast<std::uint32_t>(value >> 32));
  put_u32(out, static_cast<std::uint32_t>(value));
}

Bytes header_of(std::uint64_t salt, std::uint64_t first_sequence) {
  Bytes header(kMagic.begin(), kMagic.end());
  put_u64(header, salt);
  put_u64(header, first_sequence);
  put_u32(header, crc32c(header));
  put_u32(header, 0);
  return header;
}

std::uint32_t crc_of(std::uint64_t salt, std::uint64_t sequence, ByteView body) {
  std::array<std::uint8_t, 16> start;
  for (unsigned i = 0; i < 8; ++i) {
    start[i] = static_cast<std::uint8_t>(salt >> (56 - 8 * i));
    start[8 + i] = static_cast<std::uint8_t>(sequence >> (56 - 8 * i));
  }
  return crc32c(body, crc32c(start));
}

struct Record {
  std::uint64_t sequence;
  ByteView body;
};

/// The whole record at the front of `bytes`, none when there is no such thing.
std::optional<Record> record_at(ByteView bytes, std::uint64_t salt, std::uint64_t least, std::uint64_t most) {
  if (bytes.size() < kHeadBytes) return std::nullopt;
  const std::size_t length = u32_at(bytes);
  const auto sequence = u64_at(bytes.subspan(8));
  if (length == 0 || length > bytes.size() - kHeadBytes || sequence < least || sequence > most) return std::nullopt;
  const auto body = bytes.subspan(kHeadBytes, length);
  if (crc_of(salt, sequence, body) != u32_at(bytes.subspan(4))) return std::nullopt;
  return Record{sequence, body};
}

Result<Bytes> read_whole(const std::string& path, Disk& disk) {
  METERWAY_TRY(const auto file, disk.open(path, Disk::Open::Existing));
  METERWAY_TRY(const auto size, file->size());
  Bytes bytes(static_cast<std::size_t>(size));
  METERWAY_TRY(const auto count, file->read_at(0, bytes));
  bytes.resize(count);
  return bytes;
}

bool any_set(ByteView bytes) {
  return !bytes.empty() && (bytes[0] != 0 || std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) != 0);
}

/// Without the zeros that fill the end of a segment, block by block.
ByteView without_fill(ByteView bytes) {
  constexpr std::size_t kBlock = 4096;
  while (bytes.size() > kBlock && !any_set(bytes.last(kBlock))) bytes = bytes.first(bytes.size() - kBlock);
  return bytes;
}

}  // namespace

LogSegment::LogSegment(std::unique_ptr<DiskFile> file, std::uint64_t number, std::uint64_t salt,
                       std::size_t allocate_bytes)
    : file_(std::move(file)),
      number_(number),
      salt_(salt),
      allocate_bytes_(allocate_bytes),
      end_(kHeaderBytes),
      allocated_(kHeaderBytes) {}

Result<std::unique_ptr<LogSegment>> LogSegment::create(Disk& disk, const std::string& store, std::uint64_t number,
                                                       std::uint64_t first_sequence, std::uint64_t salt,
                                                       std::size_t allocate_bytes) {
  const auto path = segment_path(store, number);
  METERWAY_TRY(auto file, disk.open(path, Disk::Open::MayCreate));
  const auto prepared = [&]() -> Status {
    METERWAY_CHECK(file->truncate(0));  // left by an attempt that failed
    METERWAY_CHECK(file->write_at(0, header_of(salt, first_sequence)));
    METERWAY_CHECK(file->sync());
    return disk.sync_folder(folder_of(path));
  }();
  if (!prepared) {
    static_cast<void>(disk.remove(path));
    return Unexpected{prepared.error()};
  }
  return std::unique_ptr<LogSegment>(new LogSegment(std::move(file), number, salt, allocate_bytes));
}

void LogSegment::begin(Bytes& records) { records.resize(records.size() + kHeadBytes); }

std::size_t LogSegment::body_size(const Bytes& records, std::size_t start) {
  return records.size() - start - kHeadBytes;
}

void LogSegment::finish(Bytes& records, std::size_t start, std::uint64_t sequence) const {
  const auto size = body_size(records, start);
  Bytes head;
  put_u32(head, static_cast<std::uint32_t>(size));
  put_u32(head, crc_of(salt_, sequence, ByteView(records).subspan(start + kHeadBytes)));
  put_u64(head, sequence);
  std::copy(head.begin(), head.end(), records.begin() + static_cast<std::ptrdiff_t>(start));
}

Status LogSegment::append(ByteView records) {
  const auto end = end_ + records.size();
  if (end > allocated_ && allocate_bytes_ > 0) {
    const auto size = (end - allocated_ + allocate_bytes_ - 1) / allocate_bytes_ * allocate_bytes_;
    // Without room for more than the records they may still fit.
    if (file_->write_at(allocated_, Bytes(static_cast<std::size_t>(size)))) allocated_ += size;
  }
  METERWAY_CHECK(file_->write_at(end_, records));
  METERWAY_CHECK(file_->sync());
  end_ = end;
  allocated_ = std::max(allocated_, end_);
  return {};
}

std::string segment_path(const std::string& store, std::uint64_t number) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%010llu", static_cast<unsigned long long>(number));
  return store + kSuffix + digits;
}

Result<std::vector<std::uint64_t>> list_segments(const std::string& store, const Disk& disk) {
  const auto prefix = store.substr(store.rfind('/') + 1) + kSuffix;
  METERWAY_TRY(const auto names, disk.list(folder_of(store)));
  std::vector<std::uint64_t> numbers;
  for (const auto& name : names) {
    if (!name.starts_with(prefix)) continue;
    const auto number = std::strtoull(name.c_str() + prefix.size(), nullptr, 10);
    if (number != 0 && segment_path("", number) == kSuffix + name.substr(prefix.size())) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Result<Replayed> replay_log(const std::string& store, Disk& disk, std::uint64_t applied,
                            const std::function<Status(std::uint64_t, ByteView)>& take) {
  METERWAY_TRY(const auto numbers, list_segments(store, disk));
  Replayed out{applied, numbers.empty() ? 0 : numbers.back()};
  std::uint64_t expected = 0;
  for (const auto number : numbers) {
    METERWAY_TRY(const auto bytes, read_whole(segment_path(store, number), disk));
    const ByteView all(bytes);
    const auto salt = all.size() < kHeaderBytes ? 0 : u64_at(all.subspan(8));
    const auto first = all.size() < kHeaderBytes ? 0 : u64_at(all.subspan(16));
    if (all.size() < kHeaderBytes || header_of(salt, first) != Bytes(all.begin(), all.begin() + kHeaderBytes)) {
      // The header was synced before the first record: without one, a power cut took it and nothing is lost. (Were a
      // synced one damaged, its records would show, or the next segment would not follow on.)
      const auto rest = all.subspan(std::min(all.size(), kHeaderBytes));
      if (any_set(rest)) return fail(ErrorCode::BadDigest, 0, "header of the append log");
      continue;
    }
    if (first > applied + 1 && first != expected) return fail(ErrorCode::Conflict, 0, "segment of the append log");
    expected = first;
    std::size_t at = kHeaderBytes;
    while (const auto record = record_at(all.subspan(at), salt, expected, expected)) {
      if (expected > applied) {
        METERWAY_CHECK(take(expected, record->body));
        out.last_sequence = expected;
      }
      ++expected;
      at += kHeadBytes + record->body.size();
    }
    // What is not a record is a torn end, unless a whole one follows it somewhere.
    const auto tail = without_fill(all.subspan(at));
    for (std::size_t later = 1; later + kHeadBytes <= tail.size(); ++later) {
      if (record_at(tail.subspan(later), salt, expected, expected + all.size()))
        return fail(ErrorCode::BadDigest, at, "append log");
    }
  }
  return out;
}

}  // namespace meterway::store
