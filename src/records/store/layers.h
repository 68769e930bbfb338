#pragma once
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "records/store/memtable.h"
#include "records/store/store.h"

namespace meterway::store {

/// A layer of a view: what `table` said at `at`. The newest layer comes first.
struct Layer {
  const Memtable* table;
  std::uint64_t at;
  bool others_change = true;  ///< false: whoever looks is who changes it, and finds rows without its lock
};

/// A row as the layers together have it, the first that knows it deciding. Null inside: erased. Not known: what lies
/// beneath decides, with `end` appended to it where there is one.
struct Found {
  bool known = false;
  std::optional<std::string> value;
  std::optional<std::string> end;

  /// The row when this lies beneath.
  std::optional<std::string> over(std::optional<std::string> beneath) const;
};
Found find_in(std::span<const Layer> layers, std::string_view table, std::string_view key);

/// Names of the tables that the layers know of.
std::set<std::string> tables_in(std::span<const Layer> layers);

/// A row as the layers have it.
struct Changed {
  std::string key;
  std::optional<std::string> value;  ///< none: erased
  bool is_end = false;               ///< to be appended to what lies beneath
};
/// Rows of the layers alone, in order, from `from` to before `to` (empty: the end), until `limit` of them have values.
std::vector<Changed> changed_in(std::span<const Layer> layers, std::string_view table, std::string_view from,
                                std::string_view to, std::size_t limit);

/// The rows of the layers over those that `beneath` gives (a scan of the store under them, called as often as needed).
using ScanBeneath = std::function<Result<std::vector<Row>>(std::string_view from, std::size_t limit)>;
Result<std::vector<Row>> scan_in(std::span<const Layer> layers, std::string_view table, std::string_view from,
                                 std::string_view to, std::size_t limit, const ScanBeneath& beneath);

}  // namespace meterway::store
