#include "records/store/memtable.h"

#include <algorithm>
#include <mutex>

namespace meterway::store {
namespace {

constexpr std::size_t kRowOverheadBytes = 160;  // node of the tree, two strings, a version
constexpr std::size_t kLeastIndexed = 64;
constexpr std::size_t kLeastPage = 64;  // rows asked for from beneath at a time

const Version* as_of(const Version& newest, std::uint64_t at) {
  const auto* version = &newest;
  while (version != nullptr && version->sequence > at) version = version->older.get();
  return version;
}

}  // namespace

const Version* Memtable::Table::find(std::string_view key) const {
  if (!by_key.empty()) {
    const auto found = by_key.find(key);
    return found == by_key.end() ? nullptr : found->second;
  }
  const auto found = rows.find(key);
  return found == rows.end() ? nullptr : &found->second;
}

/// To be called for every row that is new. Few rows are found by their order as quickly.
void Memtable::Table::index(Rows::value_type& row) {
  if (by_key.empty()) {
    if (rows.size() < kLeastIndexed) return;
    for (auto& each : rows) by_key.emplace(each.first, &each.second);
  } else {
    by_key.emplace(row.first, &row.second);
  }
}

Memtable::Table& Memtable::table_of(std::string_view table) {
  if (const auto* known = find_table(table)) return const_cast<Table&>(*known);
  return tables_.emplace_back(Table{std::string(table), {}, {}});
}

const Memtable::Table* Memtable::find_table(std::string_view table) const {
  for (const auto& known : tables_) {
    if (known.name == table) return &known;
  }
  return nullptr;
}

void Memtable::set(std::string_view table, std::string_view key, std::string_view value, bool erased) {
  auto& into = table_of(table);
  auto* version = into.find(key);
  if (version == nullptr) {
    auto& row = *into.rows.emplace(std::string(key), Version{}).first;
    into.index(row);
    version = &row.second;
    ++rows_;
    bytes_ += key.size() + kRowOverheadBytes;
  }
  bytes_ += value.size();
  bytes_ -= version->value.size();
  version->value = value;
  version->erased = erased;
}

void Memtable::put(std::string_view table, std::string_view key, std::string_view value) {
  set(table, key, value, false);
}
void Memtable::erase(std::string_view table, std::string_view key) { set(table, key, "", true); }

void Memtable::take(Memtable&& newer, std::uint64_t sequence, std::uint64_t oldest_reader) {
  for (auto& [name, from, unused] : newer.tables_) {
    auto& into = table_of(name);
    while (!from.empty()) {
      auto node = from.extract(from.begin());
      node.mapped().sequence = sequence;
      const auto size = node.mapped().value.size();
      auto* found = into.find(node.key());
      if (found == nullptr) {
        bytes_ += node.key().size() + size + kRowOverheadBytes;
        ++rows_;
        into.index(*into.rows.insert(into.rows.end(), std::move(node)));  // many keys grow
        continue;
      }
      auto& present = *found;
      if (present.sequence == sequence || present.sequence == 0) {  // staged twice in one group
        bytes_ += size;
        bytes_ -= present.value.size();
        present.value = std::move(node.mapped().value);
        present.erased = node.mapped().erased;
        present.sequence = sequence;
        continue;
      }
      bytes_ += size;
      if (oldest_reader >= sequence) {
        bytes_ -= present.value.size();
        present = std::move(node.mapped());
        continue;
      }
      auto older = std::make_unique<Version>(std::move(present));
      if (older->sequence <= oldest_reader) {
        for (auto* gone = older->older.get(); gone != nullptr; gone = gone->older.get()) bytes_ -= gone->value.size();
        older->older.reset();
      }
      present = std::move(node.mapped());
      present.older = std::move(older);
    }
  }
  newer.tables_.clear();
  newer.rows_ = newer.bytes_ = 0;
}

const Version* Memtable::find(std::string_view table, std::string_view key, std::uint64_t at) const {
  const auto* in = find_table(table);
  const auto* newest = in == nullptr ? nullptr : in->find(key);
  return newest == nullptr ? nullptr : as_of(*newest, at);
}

const std::pair<const std::string, Version>* Memtable::next(std::string_view table, std::string_view from, bool after,
                                                            std::string_view to, std::uint64_t at,
                                                            const Version** version) const {
  const auto* in = find_table(table);
  if (in == nullptr) return nullptr;
  const auto& rows = in->rows;
  for (auto row = after ? rows.upper_bound(from) : rows.lower_bound(from); row != rows.end(); ++row) {
    if (!to.empty() && row->first >= to) return nullptr;
    *version = as_of(row->second, at);
    if (*version != nullptr) return &*row;
  }
  return nullptr;
}

Found find_in(std::span<const Layer> layers, std::string_view table, std::string_view key) {
  for (const auto& layer : layers) {
    const std::shared_lock lock(layer.table->mutex());
    const auto* version = layer.table->find(table, key, layer.at);
    if (version == nullptr) continue;
    if (version->erased) return {true, std::nullopt};
    return {true, version->value};
  }
  return {};
}

std::vector<Changed> changed_in(std::span<const Layer> layers, std::string_view table, std::string_view from,
                                std::string_view to, std::size_t limit) {
  std::vector<std::shared_lock<std::shared_mutex>> locks;
  struct Cursor {
    const std::pair<const std::string, Version>* row = nullptr;
    const Version* version = nullptr;
  };
  std::vector<Cursor> cursors(layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    locks.emplace_back(layers[i].table->mutex());
    cursors[i].row = layers[i].table->next(table, from, false, to, layers[i].at, &cursors[i].version);
  }
  std::vector<Changed> out;
  for (std::size_t live = 0; live < limit;) {
    const Cursor* first = nullptr;
    for (const auto& cursor : cursors) {
      if (cursor.row != nullptr && (first == nullptr || cursor.row->first < first->row->first)) first = &cursor;
    }
    if (first == nullptr) break;
    const std::string_view key = first->row->first;
    out.push_back({std::string(key), {}});
    if (!first->version->erased) {
      out.back().value = first->version->value;
      ++live;
    }
    for (std::size_t i = 0; i < layers.size(); ++i) {
      auto& cursor = cursors[i];
      if (cursor.row != nullptr && cursor.row->first == key)
        cursor.row = layers[i].table->next(table, key, true, to, layers[i].at, &cursor.version);
    }
  }
  return out;
}

Result<std::vector<Row>> scan_in(std::span<const Layer> layers, std::string_view table, std::string_view from,
                                 std::string_view to, std::size_t limit, const ScanBeneath& beneath) {
  auto above = changed_in(layers, table, from, to, limit);
  std::vector<Row> out;
  std::size_t next_above = 0;
  std::string at(from);
  const auto take_above = [&] {
    auto& row = above[next_above++];
    if (row.value) out.push_back({std::move(row.key), std::move(*row.value)});
  };
  while (out.size() < limit) {
    const auto page = std::max(limit - out.size(), std::min(limit, kLeastPage));
    METERWAY_TRY(auto rows, beneath(at, page));
    const bool last = rows.size() < page;
    if (!rows.empty()) at = rows.back().key + '\0';
    for (auto& row : rows) {
      while (next_above < above.size() && above[next_above].key < row.key && out.size() < limit) take_above();
      if (out.size() == limit) return out;
      if (next_above < above.size() && above[next_above].key == row.key) {
        take_above();
      } else {
        out.push_back(std::move(row));
      }
      if (out.size() == limit) return out;
    }
    if (!last) continue;
    while (next_above < above.size() && out.size() < limit) take_above();
    return out;
  }
  return out;
}

}  // namespace meterway::store
