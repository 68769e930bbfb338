#include "records/store/log_store.h"

#include <algorithm>
#include <condition_variable>
#include <limits>
#include <shared_mutex>

#include "records/store/beneath.h"
#include "records/store/change_record.h"
#include "records/store/checkpoint.h"
#include "records/store/commit_queue.h"
#include "records/store/generation.h"
#include "records/store/layers.h"
#include "records/store/log_file.h"
#include "records/store/sqlite_file.h"

namespace meterway::store {
namespace {

constexpr std::uint64_t kNewest = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kMostRecordBytes = 1u << 30;
constexpr std::size_t kLogPerMemory = 2;  // bytes of the log to one of memory, before a checkpoint

class LogStore final : public Store {
 public:
  LogStore(std::string path, LogOptions options, Disk& disk, std::unique_ptr<SqliteFile> file)
      : path_(std::move(path)),
        options_(std::move(options)),
        disk_(disk),
        file_(std::move(file)),
        queue_([this](std::span<CommitQueue::Entry* const> group) { commit(group); }, options_.most_in_group,
               options_.gather) {}

  Status recover();
  Status read(const std::function<Status(const ReadView&)>& work) const override;
  Status write(const std::function<Status(WriteView&)>& work) override { return queue_.write(work); }
  Status backup(const std::string& path) const override;
  /// Writes all that is in memory to SQLite, and removes the log. Nobody else may use the store.
  Status drain();

 private:
  class Reading;
  class Writing;
  enum class Checkpoint { None, Due, Running };

  void commit(std::span<CommitQueue::Entry* const> group);
  Status commit_or_fail(std::span<CommitQueue::Entry* const> group);
  void take_staged(std::uint64_t sequence);
  Status make_room();
  Status rotate();
  void start_checkpoint();
  Status run_checkpoint();
  std::uint64_t salt() { return (options_.random != nullptr ? *options_.random : system_random_).next_u64(); }

  const std::string path_;
  const LogOptions options_;
  Disk& disk_;
  SystemRandom system_random_;
  const std::unique_ptr<SqliteFile> file_;
  Beneath beneath_;
  CommitQueue queue_;
  std::unique_ptr<LogSegment> segment_;  // the leader's, as sequence_ is
  std::uint64_t sequence_ = 0;
  Memtable changes_, staged_;  // of the work that runs, of those of its group before it
  Bytes records_;              // kept for its room, as those are for their tables

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::shared_ptr<Generation> active_ = std::make_shared<Generation>(), frozen_;
  std::uint64_t published_ = 0;
  Checkpoint checkpoint_ = Checkpoint::None;
  bool posted_ = false;          // a background checkpoint that has not begun
  std::size_t retry_bytes_ = 0;  // no further attempt before the active layer has grown to this
};

/// A view of what was published when it began. SQLite is asked only for what memory does not know, and its own snapshot
/// begins then: no checkpoint that goes beyond this view is committed before (see run_checkpoint).
class LogStore::Reading final : public ReadView {
 public:
  explicit Reading(const LogStore& store) : store_(store) {
    const std::lock_guard lock(store_.mutex_);
    active_ = store_.active_;
    frozen_ = store_.frozen_;
    active_->readers.enter(store_.published_);
    ++active_->unfixed;
    epoch_ = store_.beneath_.epoch();
    layers_[0] = {&active_->table, store_.published_};
    if (frozen_) layers_[1] = {&frozen_->table, kNewest};
  }
  ~Reading() override {
    if (db_ && db_->in_transaction()) static_cast<void>(db_->rollback.run());
    if (db_) store_.file_->give_back(std::move(db_));
    const std::lock_guard lock(store_.mutex_);
    active_->readers.leave(sequence());
    if (!fixed_) unfix();
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  Result<std::optional<std::string>> get(std::string_view table, std::string_view key) const override {
    auto found = find_in(layers(), table, key);
    if (found.known) return std::move(found.value);
    if (auto under = store_.beneath_.find(epoch_, table, key); under.known) return found.over(std::move(under.value));
    METERWAY_CHECK(begin());
    auto row = get_row(*db_, table, key);
    fix();
    if (!row) return row;
    store_.beneath_.learn(epoch_, table, key, *row);
    return found.over(*std::move(row));
  }
  Result<std::vector<Row>> scan(std::string_view table, std::string_view from, std::string_view to,
                                std::size_t limit) const override {
    return scan_in(layers(), table, from, to, limit,
                   [&](std::string_view at, std::size_t most) { return beneath(table, at, to, most); });
  }
  /// The connection, its snapshot fixed to what this view has beneath its layers.
  Result<Connection*> fixed_connection() const {
    METERWAY_CHECK(begin());
    METERWAY_TRY(const auto row, get_row(*db_, "", ""));
    static_cast<void>(row);
    fix();
    return db_.get();
  }
  std::span<const Layer> layers() const { return {layers_, frozen_ ? 2u : 1u}; }
  std::uint64_t sequence() const { return layers_[0].at; }

 private:
  Result<std::vector<Row>> beneath(std::string_view table, std::string_view from, std::string_view to,
                                   std::size_t limit) const {
    if (auto known = store_.beneath_.scan(epoch_, table, from, to, limit)) return std::move(*known);
    METERWAY_CHECK(begin());
    auto found = scan_rows(*db_, table, from, to, limit);
    fix();
    return found;
  }
  Status begin() const {
    if (db_) return {};
    METERWAY_TRY(db_, store_.file_->borrow());
    return db_->begin.run();
  }
  void fix() const {
    if (fixed_) return;
    fixed_ = true;
    const std::lock_guard lock(store_.mutex_);
    unfix();
  }
  void unfix() const {
    if (--active_->unfixed == 0 && store_.checkpoint_ == Checkpoint::Due) store_.changed_.notify_all();
  }

  const LogStore& store_;
  std::shared_ptr<Generation> active_, frozen_;
  std::uint64_t epoch_ = 0;  // of what is remembered of SQLite
  Layer layers_[2]{};
  mutable std::unique_ptr<Connection> db_;
  mutable bool fixed_ = false;
};

/// The newest of everything, with the changes of the work that runs on top of those of its group. One for the group.
class LogStore::Writing final : public WriteView {
 public:
  explicit Writing(LogStore& store) : store_(store) {
    const std::lock_guard lock(store_.mutex_);
    active_ = store_.active_;
    frozen_ = store_.frozen_;
    epoch_ = store_.beneath_.epoch();
    layers_[0] = {&store_.changes_, kNewest, false};
    layers_[1] = {&store_.staged_, kNewest, false};
    layers_[2] = {&active_->table, kNewest, false};
    if (frozen_) layers_[3] = {&frozen_->table, kNewest, false};
  }
  Result<std::optional<std::string>> get(std::string_view table, std::string_view key) const override {
    auto found = find_in(layers(), table, key);
    if (found.known) return std::move(found.value);
    if (auto under = store_.beneath_.find(epoch_, table, key); under.known) return found.over(std::move(under.value));
    METERWAY_CHECK(begin());
    auto row = get_row(*db_, table, key);
    if (!row) return row;
    store_.beneath_.learn(epoch_, table, key, *row);
    return found.over(*std::move(row));
  }
  Result<std::vector<Row>> scan(std::string_view table, std::string_view from, std::string_view to,
                                std::size_t limit) const override {
    return scan_in(layers(), table, from, to, limit,
                   [&](std::string_view at, std::size_t most) -> Result<std::vector<Row>> {
                     if (auto known = store_.beneath_.scan(epoch_, table, at, to, most)) return std::move(*known);
                     METERWAY_CHECK(begin());
                     return scan_rows(*db_, table, at, to, most);
                   });
  }
  Status put(std::string_view table, std::string_view key, std::string_view value) override {
    METERWAY_CHECK(check_row(table, key, value));
    store_.changes_.put(table, key, value);
    return {};
  }
  Status append(std::string_view table, std::string_view key, std::string_view value) override {
    METERWAY_CHECK(check_row(table, key, value));
    store_.changes_.append(table, key, value);
    return {};
  }
  Status erase(std::string_view table, std::string_view key) override {
    if (key.size() > kMaxKeyBytes || table.size() > kMaxTableBytes) return {};  // there cannot be such a row
    store_.changes_.erase(table, key);
    return {};
  }
  ~Writing() override {
    if (!db_) return;
    if (db_->in_transaction()) static_cast<void>(db_->rollback.run());
    store_.file_->give_back(std::move(db_));
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

 private:
  std::span<const Layer> layers() const { return {layers_, frozen_ ? 4u : 3u}; }
  /// A snapshot that is older than the layers would be wrong only where they do not cover it: the frozen one is held.
  Status begin() const {
    if (db_) return {};
    METERWAY_TRY(db_, store_.file_->borrow());
    return db_->begin.run();
  }

  LogStore& store_;
  std::shared_ptr<Generation> active_, frozen_;
  std::uint64_t epoch_ = 0;
  Layer layers_[4]{};
  mutable std::unique_ptr<Connection> db_;
};

Status LogStore::read(const std::function<Status(const ReadView&)>& work) const {
  const Reading view(*this);
  return work(view);
}

Status LogStore::backup(const std::string& path) const {
  constexpr std::size_t kPage = 1000;
  const Reading view(*this);
  METERWAY_TRY(auto* db, view.fixed_connection());
  return file_->copy_to(*db, path, [&](Connection& to) -> Status {
    for (const auto& table : tables_in(view.layers())) {
      std::string from;
      for (;;) {
        const auto rows = changed_in(view.layers(), table, from, "", kPage);
        if (rows.empty()) break;
        for (const auto& row : rows) {
          METERWAY_CHECK(!row.value   ? erase_row(to, table, row.key)
                         : row.is_end ? append_row(to, table, row.key, *row.value)
                                      : put_row(to, table, row.key, *row.value));
        }
        from = rows.back().key + '\0';
      }
    }
    return to.applied.bind(1, static_cast<std::int64_t>(view.sequence())).run();
  });
}

void LogStore::commit(std::span<CommitQueue::Entry* const> group) {
  if (const auto done = commit_or_fail(group); !done) {
    for (auto* entry : group) {
      if (entry->result) entry->result = done;
    }
  }
  start_checkpoint();
}

Status LogStore::commit_or_fail(std::span<CommitQueue::Entry* const> group) {
  METERWAY_CHECK(make_room());
  records_.clear();
  staged_.clear();
  auto sequence = sequence_;
  {
    Writing view(*this);
    for (auto* entry : group) {
      changes_.clear();
      if (!entry->run(view) || changes_.rows() == 0) continue;
      const auto start = records_.size();
      LogSegment::begin(records_);
      write_changes(records_, changes_);
      if (LogSegment::body_size(records_, start) > kMostRecordBytes) {
        records_.resize(start);
        entry->result = fail(ErrorCode::TooLarge, kMostRecordBytes, "store change");
        continue;
      }
      segment_->finish(records_, start, ++sequence);
      staged_.take(changes_, 0, 0);
    }
  }
  if (records_.empty()) return {};
  METERWAY_CHECK(segment_->append(records_));
  sequence_ = sequence;
  take_staged(sequence);
  const std::lock_guard lock(mutex_);
  active_->last_sequence = published_ = sequence;
  return {};
}

void LogStore::take_staged(std::uint64_t sequence) {
  std::uint64_t oldest, epoch;
  std::shared_ptr<Generation> frozen;
  {
    const std::lock_guard lock(mutex_);
    oldest = active_->readers.oldest().value_or(published_);  // who begins now sees no less
    frozen = frozen_;
    epoch = beneath_.epoch();
  }
  const auto absent = [&](std::string_view table, std::string_view key) {
    if (frozen) {
      const auto* version = frozen->table.find(table, key, kNewest);
      if (version != nullptr) return version->change == Change::Erase;
    }
    return beneath_.is_absent(epoch, table, key);
  };
  const std::unique_lock rows(active_->table.mutex());
  active_->table.take(staged_, sequence, oldest, absent);
}

/// Waits for, or does, the checkpoint that is behind, when memory holds too much.
Status LogStore::make_room() {
  if (active_->table.bytes() < options_.most_bytes) return {};
  std::unique_lock lock(mutex_);
  while (checkpoint_ == Checkpoint::Running) changed_.wait(lock);
  const bool behind = frozen_ != nullptr;
  // Such a reader may be waiting for this writer: refusing is the only way out that always ends.
  if (behind && frozen_->unfixed != 0) return fail(ErrorCode::Full, 0, "checkpoint");
  lock.unlock();
  if (behind) METERWAY_CHECK(run_checkpoint());
  return rotate();
}

/// Begins a new segment and a new active layer; the old one is frozen.
Status LogStore::rotate() {
  METERWAY_TRY(auto segment, LogSegment::create(disk_, path_, segment_->number() + 1, sequence_ + 1, salt(),
                                                options_.allocate_bytes));
  const std::lock_guard lock(mutex_);
  active_->last_segment = segment_->number();
  segment_ = std::move(segment);
  frozen_ = std::move(active_);
  active_ = std::make_shared<Generation>();
  active_->table.reserve(frozen_->table);
  checkpoint_ = Checkpoint::Due;
  return {};
}

/// Called by the leader, between groups, when there is as much in memory as there should be.
void LogStore::start_checkpoint() {
  // A log may grow without rows that stay; it is to be read again at the next start.
  const auto bytes = std::max<std::size_t>(active_->table.bytes(), segment_->size_bytes() / kLogPerMemory);
  bool frozen = false;
  {
    const std::lock_guard lock(mutex_);
    if (bytes < std::max(options_.checkpoint_bytes, retry_bytes_) || posted_) return;
    retry_bytes_ = bytes + options_.checkpoint_bytes / 4;  // unless this goes well, not at once again
    frozen = frozen_ != nullptr;
  }
  if (!frozen && !rotate()) return;  // no room for a new segment: go on with this one for a while
  if (!options_.background) {
    static_cast<void>(run_checkpoint());
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    posted_ = true;
  }
  options_.background([this] { static_cast<void>(run_checkpoint()); });
}

/// Writes the frozen layer to SQLite. A reader whose view ends within that layer and who has not fixed his view of
/// SQLite would see too much there, so it is left for later while there is one; no new ones can come.
Status LogStore::run_checkpoint() {
  std::shared_ptr<Generation> frozen;
  {
    const std::lock_guard lock(mutex_);
    posted_ = false;
    if (checkpoint_ != Checkpoint::Due || frozen_->unfixed != 0) return {};
    checkpoint_ = Checkpoint::Running;
    frozen = frozen_;
  }
  const auto written = write_layer(file_->writer(), frozen->table, frozen->last_sequence);
  Beneath::Tables shrunk;
  if (written) shrunk = beneath_.shrunk(frozen->table, load_from(file_->writer()));
  {
    const std::lock_guard lock(mutex_);
    checkpoint_ = written ? Checkpoint::None : Checkpoint::Due;
    if (written) {
      beneath_.advance(frozen->table, std::move(shrunk));  // with the next line, or a view would be of neither
      frozen_.reset();
      retry_bytes_ = 0;
    }
  }
  changed_.notify_all();
  METERWAY_CHECK(written);
  METERWAY_TRY(const auto segments, list_segments(path_, disk_));
  for (const auto number : segments) {
    if (number <= frozen->last_segment) static_cast<void>(disk_.remove(segment_path(path_, number)));
  }
  return {};
}

Status LogStore::recover() {
  METERWAY_TRY(const auto tables, table_names(file_->writer()));
  METERWAY_CHECK(beneath_.open(tables, load_from(file_->writer())));
  METERWAY_TRY(const auto applied, file_->writer().number("SELECT value FROM meta WHERE name='applied'"));
  const auto absent = [&](std::string_view table, std::string_view key) {
    return beneath_.is_absent(beneath_.epoch(), table, key);
  };
  const auto take = [&](std::uint64_t sequence, ByteView body) -> Status {
    METERWAY_CHECK(read_changes(body, changes_));
    active_->table.take(changes_, sequence, kNewest, absent);  // nobody reads yet
    return {};
  };
  METERWAY_TRY(const auto log, replay_log(path_, disk_, static_cast<std::uint64_t>(applied), take));
  sequence_ = published_ = active_->last_sequence = log.last_sequence;
  METERWAY_TRY(segment_,
               LogSegment::create(disk_, path_, log.last_segment + 1, sequence_ + 1, salt(), options_.allocate_bytes));
  start_checkpoint();
  return {};
}

Status LogStore::drain() {
  METERWAY_CHECK(run_checkpoint());
  if (frozen_) return fail(ErrorCode::Conflict, 0, "checkpoint");
  METERWAY_CHECK(rotate());
  METERWAY_CHECK(run_checkpoint());
  METERWAY_CHECK(disk_.remove(segment_path(path_, segment_->number())));
  return disk_.sync_folder(folder_of(path_));
}

Result<std::unique_ptr<LogStore>> open(const std::string& path, LogOptions options, Disk& disk) {
  METERWAY_TRY(auto file, SqliteFile::open(path, disk));
  auto store = std::make_unique<LogStore>(path, std::move(options), disk, std::move(file));
  METERWAY_CHECK(store->recover());
  return store;
}

}  // namespace

Result<std::unique_ptr<Store>> open_log_store(const std::string& path, LogOptions options, Disk& disk) {
  METERWAY_TRY(auto store, open(path, std::move(options), disk));
  return std::unique_ptr<Store>(std::move(store));
}

Status drain_log(const std::string& path, Disk& disk) {
  const auto segments = list_segments(path, disk);
  if (!segments || segments->empty()) return {};  // without the folder, opening says so
  METERWAY_TRY(const auto store, open(path, {}, disk));
  return store->drain();
}

}  // namespace meterway::store
