#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "records/store/layers.h"

namespace meterway::store {

/// What SQLite holds beneath the layers of memory, as far as it is remembered: small tables whole, so that what is not
/// in them is known, too; of large ones the rows, and the missing rows, that were asked for lately.
///
/// SQLite changes by checkpoints alone, and each begins an epoch. Whoever asks names the epoch his view began in; of
/// another one nothing is known, and SQLite is to be asked.
/// Sharing: from any thread; advance() from one at a time.
class Beneath {
 public:
  struct Limits {
    std::size_t small_rows = 4096, small_bytes = 1u << 20;  ///< of a table that is kept whole
    std::size_t recent_bytes = 16u << 20;                   ///< of what was asked for lately, all large tables together
    std::size_t recent_row_bytes = 8u << 10;                ///< longer rows are not kept
  };
  using Rows = std::map<std::string, std::string, std::less<>>;
  using Tables = std::map<std::string, Rows, std::less<>>;
  /// All rows of a table, nothing when they are more than `most_rows` or longer than `most_bytes`.
  using Load =
      std::function<Result<std::optional<Rows>>(std::string_view table, std::size_t most_rows, std::size_t most_bytes)>;

  Beneath() : Beneath(Limits{}) {}
  explicit Beneath(const Limits& limits) : limits_(limits) {}

  /// What is there when the store is opened. Errors: those of `load`.
  Status open(const std::vector<std::string>& tables, const Load& load);
  std::uint64_t epoch() const { return epoch_; }
  Found find(std::uint64_t epoch, std::string_view table, std::string_view key) const;
  /// Whether there is certainly no such row.
  bool is_absent(std::uint64_t epoch, std::string_view table, std::string_view key) const;
  /// A scan of a table that is kept whole; nothing of another.
  std::optional<std::vector<Row>> scan(std::uint64_t epoch, std::string_view table, std::string_view from,
                                       std::string_view to, std::size_t limit) const;
  /// SQLite has said this to a view that began in `epoch`.
  void learn(std::uint64_t epoch, std::string_view table, std::string_view key,
             const std::optional<std::string>& value) const;

  /// A table that had grown too large and lost rows by `written` may be small again: the rows of such, for advance().
  Tables shrunk(const Memtable& written, const Load& load) const;
  /// SQLite holds `written` now: the next epoch.
  void advance(const Memtable& written, Tables shrunk);

 private:
  struct Small {
    Rows rows;
    std::size_t bytes = 0;
  };
  using Recent = std::unordered_map<std::string, std::optional<std::string>, Memtable::Hash, std::equal_to<>>;

  bool is_large(std::string_view table) const { return large_.find(table) != large_.end(); }
  bool fits(const Small& table) const;
  static void change(Small& table, const Memtable::Row& row);
  void remember(std::string name, std::optional<std::string> value) const;

  const Limits limits_;
  std::atomic<std::uint64_t> epoch_{0};
  mutable std::shared_mutex mutex_;  // guards the two below; changed with the epoch
  std::map<std::string, Small, std::less<>> small_;
  std::set<std::string, std::less<>> large_;
  mutable std::mutex recent_mutex_;  // taken after mutex_; guards the three below
  mutable Recent young_, old_;       // what is asked for moves to the young; when they are many, the old are forgotten
  mutable std::size_t young_bytes_ = 0;
};

}  // namespace meterway::store
