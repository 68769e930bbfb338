#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace meterway::store {

enum class Change : std::uint8_t { Put = 1, Erase = 2, Append = 3 };

/// What a row was made at a sequence; older versions stay beneath for the readers that began before, and under what was
/// appended to them.
struct Version {
  std::uint64_t sequence = 0;
  Change change = Change::Put;
  bool bare = false;  ///< erased, and nothing lies beneath that would have to be erased
  std::string value;
  std::unique_ptr<Version> older;

  Version() = default;
  Version(Version&&) = default;
  Version& operator=(Version&&) = default;
  ~Version();  // a chain as long as a reader was slow, so not one call within the other
  /// The text of this version in `out`. False when it is but the end of one that lies deeper.
  bool read(std::string& out) const;
};

/// Changes of some rows, in memory. Erased rows are remembered as such while a layer beneath may have them. Rows are
/// found by their hash; a table's order is made when it is first asked for, and kept from then on.
/// Sharing: changes are made by one thread at a time, under mutex() where others read; those hold it, shared.
class Memtable {
 public:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Rows = std::unordered_map<std::string, Version, Hash, std::equal_to<>>;
  using Row = Rows::value_type;
  struct Table {
    std::string name;
    Rows rows;
    bool ordered = false;
    std::map<std::string_view, Row*> order;  ///< of all rows, when `ordered`
  };
  /// Whether certainly no layer beneath has such a row.
  using Absent = std::function<bool(std::string_view table, std::string_view key)>;

  void put(std::string_view table, std::string_view key, std::string_view value);
  void erase(std::string_view table, std::string_view key);
  /// Adds to the end of what the row is, in this layer or beneath it.
  void append(std::string_view table, std::string_view key, std::string_view value);
  /// Moves everything from `newer` here, as of `sequence`, and leaves it empty. Versions that a reader of
  /// `oldest_reader` or later can still see are kept; with `oldest_reader` >= `sequence`, none. A row that is erased
  /// and was never beneath leaves nothing behind, once no reader sees what it was.
  void take(Memtable& newer, std::uint64_t sequence, std::uint64_t oldest_reader, const Absent& absent = {});
  void clear();
  /// Room for as many rows as another has, so that tables need not grow while they are taken.
  void reserve(const Memtable& like);

  /// The row as of `at`, null when this table does not say.
  const Version* find(std::string_view table, std::string_view key, std::uint64_t at) const;
  /// The first row with key >= `from` (or > `from` when `after`) and, unless `to` is empty, < `to`, as of `at`.
  /// Of a table that is_ordered().
  const Row* next(std::string_view table, std::string_view from, bool after, std::string_view to, std::uint64_t at,
                  const Version** version) const;
  bool is_ordered(std::string_view table) const;
  /// Makes the order of a table, under mutex() alone.
  void order(std::string_view table) const;

  const std::vector<Table>& tables() const { return tables_; }
  std::size_t rows() const { return rows_; }
  /// Of keys, values and what it takes to hold them.
  std::size_t bytes() const { return bytes_; }
  std::shared_mutex& mutex() const { return mutex_; }

 private:
  struct Gone {
    std::uint64_t sequence;
    std::size_t table;
    Row* row;  // there as long as it is of that sequence
  };
  std::size_t index_of(std::string_view table);
  const Table* find_table(std::string_view table) const;
  void set(std::string_view table, std::string_view key, std::string_view value, Change change);
  void take_row(std::size_t table, Rows::node_type node, std::uint64_t oldest_reader, const Absent& absent);
  /// Makes one of a version and those under it.
  void settle(Version& version);
  void remove(Table& table, Rows::iterator row);
  void remove_gone(std::uint64_t oldest_reader);

  mutable std::vector<Table> tables_;  // few: a linear search beats hashing
  std::deque<Gone> gone_;
  std::size_t rows_ = 0, bytes_ = 0;
  mutable std::shared_mutex mutex_;
};

}  // namespace meterway::store
