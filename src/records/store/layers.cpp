#include "records/store/layers.h"

#include <algorithm>
#include <mutex>

namespace meterway::store {
namespace {

constexpr std::size_t kLeastPage = 64;  // rows asked for from beneath at a time

/// Holds a layer still while its rows are walked over in their order.
std::shared_lock<std::shared_mutex> lock_ordered(const Memtable& layer, std::string_view table) {
  {
    std::shared_lock lock(layer.mutex());
    if (layer.is_ordered(table)) return lock;
  }
  {
    const std::unique_lock alone(layer.mutex());
    layer.order(table);
  }
  return std::shared_lock(layer.mutex());  // what has an order keeps it
}

}  // namespace

std::optional<std::string> Found::over(std::optional<std::string> beneath) const {
  if (!end) return beneath;
  if (!beneath) return end;
  return *std::move(beneath) + *end;
}

Found find_in(std::span<const Layer> layers, std::string_view table, std::string_view key) {
  Found found;
  for (const auto& layer : layers) {
    std::shared_lock<std::shared_mutex> lock;
    if (layer.others_change) lock = std::shared_lock(layer.table->mutex());
    const auto* version = layer.table->find(table, key, layer.at);
    if (version == nullptr) continue;
    if (version->change == Change::Erase) {
      found.known = true;
      found.value = std::move(found.end);
      return found;
    }
    std::string text;
    const bool whole = version->read(text);
    if (found.end) text += *found.end;
    if (whole) return {true, std::move(text), {}};
    found.end = std::move(text);
  }
  return found;
}

std::set<std::string> tables_in(std::span<const Layer> layers) {
  std::set<std::string> names;
  for (const auto& layer : layers) {
    const std::shared_lock lock(layer.table->mutex());
    for (const auto& table : layer.table->tables()) names.insert(table.name);
  }
  return names;
}

std::vector<Changed> changed_in(std::span<const Layer> layers, std::string_view table, std::string_view from,
                                std::string_view to, std::size_t limit) {
  std::vector<std::shared_lock<std::shared_mutex>> locks;
  struct Cursor {
    const Memtable::Row* row = nullptr;
    const Version* version = nullptr;
  };
  std::vector<Cursor> cursors(layers.size());
  locks.reserve(layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    locks.push_back(lock_ordered(*layers[i].table, table));
    cursors[i].row = layers[i].table->next(table, from, false, to, layers[i].at, &cursors[i].version);
  }
  std::vector<Changed> out;
  std::string text;
  for (std::size_t live = 0; live < limit;) {
    const Memtable::Row* first = nullptr;
    for (const auto& cursor : cursors) {
      if (cursor.row != nullptr && (first == nullptr || cursor.row->first < first->first)) first = cursor.row;
    }
    if (first == nullptr) break;
    auto& changed = out.emplace_back();
    changed.key = first->first;
    changed.is_end = true;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      auto& cursor = cursors[i];
      if (cursor.row == nullptr || cursor.row->first != changed.key) continue;
      if (changed.is_end) {  // what is newer decides, unless it was but appended
        changed.is_end = !cursor.version->read(text);
        if (cursor.version->change != Change::Erase) changed.value = changed.value ? text + *changed.value : text;
      }
      cursor.row = layers[i].table->next(table, changed.key, true, to, layers[i].at, &cursor.version);
    }
    if (changed.value) ++live;
  }
  return out;
}

Result<std::vector<Row>> scan_in(std::span<const Layer> layers, std::string_view table, std::string_view from,
                                 std::string_view to, std::size_t limit, const ScanBeneath& beneath) {
  auto above = changed_in(layers, table, from, to, limit);
  std::vector<Row> out;
  std::size_t next_above = 0;
  std::string at(from);
  const auto take_above = [&](std::string_view under) {
    auto& row = above[next_above++];
    if (row.is_end) row.value->insert(0, under);
    if (row.value) out.push_back({std::move(row.key), std::move(*row.value)});
  };
  while (out.size() < limit) {
    const auto page = std::max(limit - out.size(), std::min(limit, kLeastPage));
    METERWAY_TRY(auto rows, beneath(at, page));
    const bool last = rows.size() < page;
    if (!rows.empty()) at = rows.back().key + '\0';
    for (auto& row : rows) {
      while (next_above < above.size() && above[next_above].key < row.key && out.size() < limit) take_above("");
      if (out.size() == limit) return out;
      if (next_above < above.size() && above[next_above].key == row.key) {
        take_above(row.value);
      } else {
        out.push_back(std::move(row));
      }
      if (out.size() == limit) return out;
    }
    if (!last) continue;
    while (next_above < above.size() && out.size() < limit) take_above("");
    return out;
  }
  return out;
}

}  // namespace meterway::store
