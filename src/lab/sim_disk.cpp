#include "lab/sim_disk.h"

#include <algorithm>
#include <set>

#include "base/util/random.h"

namespace meterway::lab {
namespace {

constexpr std::size_t kSectorBytes = 512;  // written whole or not at all

}  // namespace

struct SimDisk::Change {
  bool truncate = false;
  std::uint64_t offset = 0;  ///< or the size to truncate to
  Bytes bytes;

  void apply(Bytes& content) const {
    if (truncate) return content.resize(offset);
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(offset));
  }
  /// Sectors of the write survive or not, each for itself.
  void apply_torn(Bytes& content, Random& random) const {
    if (truncate) return apply(content);
    for (std::size_t at = 0; at < bytes.size();) {
      const auto in_sector = kSectorBytes - (offset + at) % kSectorBytes;
      const auto size = std::min<std::size_t>(in_sector, bytes.size() - at);
      if (random.next_u64() % 2 == 0) {
        Change part;
        part.offset = offset + at;
        const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        part.bytes.assign(from, from + static_cast<std::ptrdiff_t>(size));
        part.apply(content);
      }
      at += size;
    }
  }
};

struct SimDisk::Content {
  Bytes seen, durable;
  std::vector<Change> pending;
};

struct SimDisk::NameChange {
  enum class What { Make, Rename, Remove } what;
  std::string from, to;
  std::shared_ptr<Content> content;
};

SimDisk::SimDisk() = default;
SimDisk::~SimDisk() = default;

class SimFile final : public DiskFile {
 public:
  SimFile(SimDisk& disk, std::shared_ptr<SimDisk::Content> content, std::uint64_t life)
      : disk_(disk), content_(std::move(content)), life_(life) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    const std::lock_guard lock(disk_.mutex_);
    METERWAY_CHECK(alive());
    const auto& seen = content_->seen;
    if (offset >= seen.size()) return std::size_t{0};
    const auto size = std::min<std::size_t>(out.size(), seen.size() - offset);
    std::copy_n(seen.begin() + static_cast<std::ptrdiff_t>(offset), size, out.begin());
    return size;
  }
  Status write_at(std::uint64_t offset, ByteView bytes) override {
    const std::lock_guard lock(disk_.mutex_);
    METERWAY_CHECK(alive());
    if (const auto may = disk_.may_change(); !may) {  // the power fails during this one
      write_first(bytes.size() / 2, offset, bytes);
      return may;
    }
    const auto size = content_->seen.size();
    if (disk_.full_ && offset + bytes.size() > size) {
      if (offset < size) write_first(size - offset, offset, bytes);
      return fail(ErrorCode::Full, 0, "simulated disk");
    }
    change({false, offset, Bytes(bytes.begin(), bytes.end())});
    return {};
  }
  Status truncate(std::uint64_t size_bytes) override {
    const std::lock_guard lock(disk_.mutex_);
    METERWAY_CHECK(alive());
    METERWAY_CHECK(disk_.may_change());
    if (disk_.full_ && size_bytes > content_->seen.size()) return fail(ErrorCode::Full, 0, "simulated disk");
    change({true, size_bytes, {}});
    return {};
  }
  Status sync() override {
    const std::lock_guard lock(disk_.mutex_);
    METERWAY_CHECK(alive());
    METERWAY_CHECK(disk_.may_change());
    ++disk_.syncs_;
    for (const auto& pending : content_->pending) pending.apply(content_->durable);
    content_->pending.clear();
    return {};
  }
  Result<std::uint64_t> size() const override {
    const std::lock_guard lock(disk_.mutex_);
    METERWAY_CHECK(alive());
    return static_cast<std::uint64_t>(content_->seen.size());
  }

 private:
  Status alive() const {
    if (life_ != disk_.life_ || disk_.stopped_) return fail(ErrorCode::Io, 0, "simulated disk");
    return {};
  }
  void write_first(std::size_t size, std::uint64_t offset, ByteView bytes) {
    const auto part = bytes.first(size);
    change({false, offset, Bytes(part.begin(), part.end())});
  }
  void change(SimDisk::Change&& change) {
    change.apply(content_->seen);
    content_->pending.push_back(std::move(change));
  }

  SimDisk& disk_;
  std::shared_ptr<SimDisk::Content> content_;
  std::uint64_t life_;
};

/// Counts an operation; Io when it must not happen.
Status SimDisk::may_change() {
  if (!stopped_ && ++operations_ != stop_at_) return {};
  stopped_ = true;
  return fail(ErrorCode::Io, 0, "simulated disk");
}

void SimDisk::apply(const NameChange& change, Names& names) const {
  switch (change.what) {
    case NameChange::What::Make:
      names[change.to] = change.content;
      return;
    case NameChange::What::Rename:
      names[change.to] = change.content;
      names.erase(change.from);
      return;
    case NameChange::What::Remove:
      names.erase(change.from);
      return;
  }
}

Result<std::unique_ptr<DiskFile>> SimDisk::open(const std::string& path, Open how) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return fail(ErrorCode::Io, 0, "simulated disk");
  auto found = seen_.find(path);
  if (found == seen_.end()) {
    if (how == Open::Existing) return fail(ErrorCode::NotFound, 0, "simulated disk");
    METERWAY_CHECK(may_change());
    const NameChange change{NameChange::What::Make, "", path, std::make_shared<Content>()};
    apply(change, seen_);
    pending_.push_back(change);
    found = seen_.find(path);
  }
  return std::unique_ptr<DiskFile>(std::make_unique<SimFile>(*this, found->second, life_));
}

Result<std::unique_ptr<DiskFile>> SimDisk::lock(const std::string&) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return fail(ErrorCode::Io, 0, "simulated disk");
  return std::unique_ptr<DiskFile>(std::make_unique<SimFile>(*this, std::make_shared<Content>(), life_));
}

Status SimDisk::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  METERWAY_CHECK(may_change());
  const auto found = seen_.find(from);
  if (found == seen_.end()) return fail(ErrorCode::NotFound, 0, "simulated disk");
  const NameChange change{NameChange::What::Rename, from, to, found->second};
  apply(change, seen_);
  pending_.push_back(change);
  return {};
}

Status SimDisk::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  METERWAY_CHECK(may_change());
  if (seen_.count(path) == 0) return fail(ErrorCode::NotFound, 0, "simulated disk");
  const NameChange change{NameChange::What::Remove, path, "", nullptr};
  apply(change, seen_);
  pending_.push_back(change);
  return {};
}

Result<bool> SimDisk::exists(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  if (stopped_) return fail(ErrorCode::Io, 0, "simulated disk");
  return seen_.count(path) != 0;
}

Result<std::vector<std::string>> SimDisk::list(const std::string& folder) const {
  const std::lock_guard lock(mutex_);
  if (stopped_) return fail(ErrorCode::Io, 0, "simulated disk");
  std::vector<std::string> names;
  for (const auto& [path, content] : seen_) {
    if (folder_of(path) == folder) names.push_back(path.substr(path.rfind('/') + 1));
  }
  return names;
}

Status SimDisk::sync_folder(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  METERWAY_CHECK(may_change());
  ++syncs_;
  std::vector<NameChange> others;
  for (auto& change : pending_) {
    const auto& path = change.to.empty() ? change.from : change.to;
    if (folder_of(path) == folder) {
      apply(change, durable_);
    } else {
      others.push_back(std::move(change));
    }
  }
  pending_ = std::move(others);
  return {};
}

Result<std::uint64_t> SimDisk::free_bytes(const std::string&) const {
  const std::lock_guard lock(mutex_);
  return full_ ? std::uint64_t{0} : std::uint64_t{1} << 40;
}

void SimDisk::crash(std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  SeededRandom random(seed);
  // Names are journalled in order: the first few of the changes survive.
  const auto kept = random.next_u64() % (pending_.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) apply(pending_[i], durable_);
  pending_.clear();
  std::set<Content*> done;
  for (const auto& [path, content] : durable_) {
    if (!done.insert(content.get()).second) continue;
    for (const auto& change : content->pending) {
      const auto luck = random.next_u64() % 4;
      if (luck == 0) change.apply(content->durable);
      if (luck == 1) change.apply_torn(content->durable, random);
    }
    content->pending.clear();
    content->seen = content->durable;
  }
  seen_ = durable_;
  ++life_;
  stopped_ = full_ = false;
  stop_at_ = 0;
}

void SimDisk::set_full(bool full) {
  const std::lock_guard lock(mutex_);
  full_ = full;
}

void SimDisk::stop_at(std::uint64_t operation) {
  const std::lock_guard lock(mutex_);
  stop_at_ = operation;
}

void SimDisk::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

std::uint64_t SimDisk::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

std::uint64_t SimDisk::syncs() const {
  const std::lock_guard lock(mutex_);
  return syncs_;
}

Status SimDisk::damage(const std::string& path, std::uint64_t offset, std::uint8_t xor_with) {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(path);
  if (found == seen_.end()) return fail(ErrorCode::NotFound, 0, "simulated disk");
  auto& content = *found->second;
  if (offset >= content.durable.size() || offset >= content.seen.size())
    return fail(ErrorCode::OutOfRange, offset, "simulated disk");
  content.durable[offset] ^= xor_with;
  content.seen[offset] ^= xor_with;
  return {};
}

}  // namespace meterway::lab
