#include "records/store/checkpoint.h"

#include <algorithm>

namespace meterway::store {

Status write_layer(Connection& db, const Memtable& layer, std::uint64_t last_sequence) {
  METERWAY_CHECK(db.begin.run());
  RollBackUnlessDone end{db};
  std::vector<const Memtable::Row*> rows;
  std::string text;
  for (const auto& table : layer.tables()) {
    rows.clear();
    for (const auto& row : table.rows) {
      if (!row.second.bare) rows.push_back(&row);
    }
    std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    for (const auto* row : rows) {
      const auto& [key, version] = *row;
      if (version.change == Change::Erase) {
        METERWAY_CHECK(erase_row(db, table.name, key));
      } else if (version.change == Change::Put) {
        METERWAY_CHECK(put_row(db, table.name, key, version.value));
      } else {
        const bool whole = version.read(text);
        METERWAY_CHECK(whole ? put_row(db, table.name, key, text) : append_row(db, table.name, key, text));
      }
    }
  }
  METERWAY_CHECK(db.applied.bind(1, static_cast<std::int64_t>(last_sequence)).run());
  METERWAY_CHECK(db.commit.run());
  end.done = true;
  return {};
}

Beneath::Load load_from(Connection& db) {
  return [&db](std::string_view table, std::size_t most_rows,
               std::size_t most_bytes) -> Result<std::optional<Beneath::Rows>> {
    METERWAY_TRY(const bool small, is_small(db, table, most_rows, most_bytes));
    if (!small) return std::optional<Beneath::Rows>();
    METERWAY_TRY(auto rows, scan_rows(db, table, "", "", most_rows + 1));
    std::optional<Beneath::Rows> out(std::in_place);
    for (auto& row : rows) out->emplace_hint(out->end(), std::move(row.key), std::move(row.value));
    return out;
  };
}

}  // namespace meterway::store
