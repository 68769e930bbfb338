#include "field/sim/state_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/crypto/digest.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::field {
namespace {

constexpr std::size_t kHeadBytes = 12, kDigestBytes = 8;
constexpr std::uint32_t kMostRecordBytes = 1u << 30;
constexpr std::size_t kRewriteRecordBytes = 4u << 20;
constexpr std::uint64_t kOverheadBytes = 14;  // of a put, beside its value

Error io_error(const char* what) {
  return {errno == ENOSPC || errno == EDQUOT ? ErrorCode::Full : ErrorCode::Io, static_cast<std::uint32_t>(errno),
          what};
}

/// Reads up to bytes.size(); how much there was.
Result<std::size_t> read_at(int file, std::span<std::uint8_t> bytes, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto got = ::pread(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unexpected{io_error("reading the state log")};
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Status write_at(int file, ByteView bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto put = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Unexpected{io_error("writing the state log")};
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return {};
}

Bytes frame(ByteView content) {
  const auto digest = crypto::sha256(content);
  wire::Writer out;
  out.u32(content.size()).bytes(ByteView(digest).first(kDigestBytes)).bytes(content);
  return out.take();
}

}  // namespace

Result<std::unique_ptr<StateLog>> StateLog::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return Unexpected{io_error("opening the state log")};
  std::unique_ptr<StateLog> log(new StateLog(path, file));
  METERWAY_CHECK(log->load());
  return log;
}

StateLog::~StateLog() { ::close(file_); }

Status StateLog::load() {
  Bytes content;
  for (;;) {
    std::uint8_t head[kHeadBytes];
    METERWAY_TRY(const auto got, read_at(file_, head, size_));
    if (got < kHeadBytes) break;
    const auto length = wire::Reader(head).u32("length");
    if (length == 0 || length > kMostRecordBytes) break;
    // Grown as it is read, so that a torn length does not ask for memory that the file cannot fill.
    content.resize(0);
    while (content.size() < length) {
      const auto before = content.size();
      content.resize(std::min<std::size_t>(length, before + (1u << 20)));
      METERWAY_TRY(const auto part, read_at(file_, std::span(content).subspan(before), size_ + kHeadBytes + before));
      content.resize(before + part);
      if (part == 0) break;
    }
    const auto digest = crypto::sha256(content);
    if (content.size() < length || !std::equal(digest.begin(), digest.begin() + kDigestBytes, head + 4)) break;
    METERWAY_CHECK(read_content(content, size_ + kHeadBytes));
    size_ += kHeadBytes + length;
  }
  // Whatever follows was being written when the process ended; nothing that depends on it has left.
  if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) return Unexpected{io_error("cutting the state log")};
  return {};
}

Status StateLog::read_content(ByteView content, std::uint64_t offset) {
  wire::Reader in(content);
  while (!in.empty()) {
    const auto operation = in.u8("operation");
    const Key key{static_cast<char>(in.u8("kind")), in.u64("id")};
    std::optional<Place> place;
    if (operation == 'P') {
      const auto size = in.u32("size");
      place = Place{offset + in.offset(), size};
      in.take(size, "value");
    } else if (operation != 'E') {
      in.fail(ErrorCode::UnknownCode, "operation");
    }
    if (in.ok()) set(key, place);
  }
  return in.finish();
}

void StateLog::set(Key key, std::optional<Place> place) {
  const auto before = places_.find(key);
  if (before != places_.end()) {
    live_ -= before->second.size + kOverheadBytes;
    if (!place) places_.erase(before);
  }
  if (!place) return;
  places_[key] = *place;
  live_ += place->size + kOverheadBytes;
}

Status StateLog::append(ByteView content) {
  const auto record = frame(content);
  auto written = write_at(file_, record, size_);
  if (written && ::fdatasync(file_) != 0) written = Unexpected{io_error("state log to disk")};
  if (!written) {
    (void)::ftruncate(file_, static_cast<off_t>(size_));
    return written;
  }
  METERWAY_CHECK(read_content(content, size_ + kHeadBytes));
  size_ += record.size();
  return {};
}

Status StateLog::commit() {
  if (pending_.empty()) return {};
  wire::Writer out;
  for (const auto& [key, value] : pending_) {
    out.u8(value ? 'P' : 'E').u8(static_cast<std::uint8_t>(key.kind)).u64(key.id);
    if (value) out.u32(value->size()).bytes(*value);
  }
  METERWAY_CHECK(append(out.view()));
  pending_.clear();
  // A failed rewrite loses nothing: the old file is whole.
  if (size_ > kLeastRewriteBytes && size_ > 3 * live_) (void)rewrite();
  return {};
}

Result<std::optional<Bytes>> StateLog::get(Key key) const {
  const auto found = places_.find(key);
  if (found == places_.end()) return std::optional<Bytes>();
  Bytes value(found->second.size);
  METERWAY_TRY(const auto got, read_at(file_, value, found->second.offset));
  if (got != value.size()) return fail(ErrorCode::Io, found->second.offset, "state log is shorter than it was");
  return std::optional(std::move(value));
}

Status StateLog::each(char kind, const std::function<Status(std::uint64_t, ByteView)>& use) const {
  std::vector<std::uint64_t> ids;
  for (const auto& [key, place] : places_) {
    if (key.kind == kind) ids.push_back(key.id);
  }
  std::sort(ids.begin(), ids.end());
  for (const auto id : ids) {
    METERWAY_TRY(const auto value, get({kind, id}));
    METERWAY_CHECK(use(id, *value));
  }
  return {};
}

Status StateLog::rewrite() {
  const auto beside = path_.string() + ".new";
  const int file = ::open(beside.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Unexpected{io_error("opening the new state log")};
  std::unique_ptr<StateLog> fresh(new StateLog(beside, file));
  wire::Writer out;
  for (const auto& [key, place] : places_) {
    METERWAY_TRY(const auto value, get(key));
    out.u8('P').u8(static_cast<std::uint8_t>(key.kind)).u64(key.id).u32(value->size()).bytes(*value);
    if (out.size() < kRewriteRecordBytes) continue;
    METERWAY_CHECK(fresh->append(out.take()));
    out = wire::Writer();
  }
  if (out.size() > 0) METERWAY_CHECK(fresh->append(out.view()));
  std::error_code error;
  std::filesystem::rename(beside, path_, error);
  if (error) return fail(ErrorCode::Io, 0, "renaming the new state log");
  const int folder = ::open(path_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  std::swap(file_, fresh->file_);
  std::swap(size_, fresh->size_);
  std::swap(live_, fresh->live_);
  std::swap(places_, fresh->places_);
  return {};
}

}  // namespace meterway::field
