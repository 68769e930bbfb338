#pragma once
#include <map>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "records/store/store.h"

namespace meterway::store {

/// What a row was made at a sequence; older versions stay beneath for the readers that began before.
struct Version {
  std::uint64_t sequence = 0;
  bool erased = false;
  std::string value;
  std::unique_ptr<Version> older;
};

/// Changes of some rows, in memory. Erased rows are remembered as such, since a layer beneath may have them.
/// Sharing: find() and next() lock for themselves when `shared`; changes are made by one thread at a time.
class Memtable {
 public:
  using Rows = std::map<std::string, Version, std::less<>>;
  struct Table {
    std::string name;
    Rows rows;
    std::unordered_map<std::string_view, Version*> by_key;  ///< of all rows, once they are many; else empty

    const Version* find(std::string_view key) const;
    Version* find(std::string_view key) { return const_cast<Version*>(std::as_const(*this).find(key)); }
    void index(Rows::value_type& row);
  };

  void put(std::string_view table, std::string_view key, std::string_view value);
  void erase(std::string_view table, std::string_view key);
  /// Moves everything from `newer` here, as of `sequence`. Versions that a reader of `oldest_reader` or later can still
  /// see are kept; with `oldest_reader` >= `sequence`, none.
  void take(Memtable&& newer, std::uint64_t sequence, std::uint64_t oldest_reader);

  /// The row as of `at`, null when this table does not say.
  const Version* find(std::string_view table, std::string_view key, std::uint64_t at) const;
  /// The first row with key >= `from` (or > `from` when `after`) and, unless `to` is empty, < `to`, as of `at`.
  const std::pair<const std::string, Version>* next(std::string_view table, std::string_view from, bool after,
                                                    std::string_view to, std::uint64_t at,
                                                    const Version** version) const;

  const std::vector<Table>& tables() const { return tables_; }
  std::size_t rows() const { return rows_; }
  /// Of keys, values and what it takes to hold them.
  std::size_t bytes() const { return bytes_; }
  std::shared_mutex& mutex() const { return mutex_; }

 private:
  Table& table_of(std::string_view table);
  const Table* find_table(std::string_view table) const;
  void set(std::string_view table, std::string_view key, std::string_view value, bool erased);

  std::vector<Table> tables_;  // few: a linear search beats hashing
  std::size_t rows_ = 0, bytes_ = 0;
  mutable std::shared_mutex mutex_;
};

/// A layer of a view: what `table` said at `at`.
struct Layer {
  const Memtable* table;
  std::uint64_t at;
};

/// A row as the layers together have it, the first that knows it deciding. Null inside: erased. None: nobody knows.
struct Found {
  bool known = false;
  std::optional<std::string> value;
};
Found find_in(std::span<const Layer> layers, std::string_view table, std::string_view key);

/// A row as the layers have it.
struct Changed {
  std::string key;
  std::optional<std::string> value;  ///< none: erased
};
/// Rows of the layers alone, in order, from `from` to before `to` (empty: the end), until `limit` of them have values.
std::vector<Changed> changed_in(std::span<const Layer> layers, std::string_view table, std::string_view from,
                                std::string_view to, std::size_t limit);

/// The rows of the layers over those that `beneath` gives (a scan of the store under them, called as often as needed).
using ScanBeneath = std::function<Result<std::vector<Row>>(std::string_view from, std::size_t limit)>;
Result<std::vector<Row>> scan_in(std::span<const Layer> layers, std::string_view table, std::string_view from,
                                 std::string_view to, std::size_t limit, const ScanBeneath& beneath);

}  // namespace meterway::store
