#include "records/store/beneath.h"

#include <algorithm>

namespace meterway::store {
namespace {

constexpr std::size_t kRowOverheadBytes = 128;

void name_row(std::string& name, std::string_view table, std::string_view key) {
  name.clear();
  name.reserve(table.size() + 1 + key.size());
  name += static_cast<char>(table.size());  // at most 255
  name += table;
  name += key;
}
std::string name_of(std::string_view table, std::string_view key) {
  std::string name;
  name_row(name, table, key);
  return name;
}

std::size_t bytes_of(const Beneath::Rows& rows) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : rows) bytes += key.size() + value.size();
  return bytes;
}

}  // namespace

bool Beneath::fits(const Small& table) const {
  return table.rows.size() <= limits_.small_rows && table.bytes <= limits_.small_bytes;
}

Status Beneath::open(const std::vector<std::string>& tables, const Load& load) {
  for (const auto& table : tables) {
    METERWAY_TRY(auto rows, load(table, limits_.small_rows, limits_.small_bytes));
    const std::unique_lock lock(mutex_);
    if (rows) {
      const auto bytes = bytes_of(*rows);
      small_[table] = Small{std::move(*rows), bytes};
    } else {
      large_.insert(table);
    }
  }
  return {};
}

Found Beneath::find(std::uint64_t epoch, std::string_view table, std::string_view key) const {
  const std::shared_lock lock(mutex_);
  if (epoch != epoch_) return {};
  if (!is_large(table)) {
    const auto small = small_.find(table);
    if (small == small_.end()) return {true, {}, {}};
    const auto row = small->second.rows.find(key);
    if (row == small->second.rows.end()) return {true, {}, {}};
    return {true, row->second, {}};
  }
  const auto name = name_of(table, key);
  const std::lock_guard recent(recent_mutex_);
  if (const auto found = young_.find(name); found != young_.end()) return {true, found->second, {}};
  const auto found = old_.find(name);
  if (found == old_.end()) return {};
  Found out{true, found->second, {}};
  auto node = old_.extract(found);
  remember(std::move(node.key()), std::move(node.mapped()));
  return out;
}

bool Beneath::is_absent(std::uint64_t epoch, std::string_view table, std::string_view key) const {
  const std::shared_lock lock(mutex_);
  if (epoch != epoch_ || is_large(table)) return false;
  const auto small = small_.find(table);
  return small == small_.end() || small->second.rows.find(key) == small->second.rows.end();
}

std::optional<std::vector<Row>> Beneath::scan(std::uint64_t epoch, std::string_view table, std::string_view from,
                                              std::string_view to, std::size_t limit) const {
  const std::shared_lock lock(mutex_);
  if (epoch != epoch_ || is_large(table)) return std::nullopt;
  std::vector<Row> out;
  const auto small = small_.find(table);
  if (small == small_.end()) return out;
  const auto& rows = small->second.rows;
  for (auto row = rows.lower_bound(from); row != rows.end() && out.size() < limit; ++row) {
    if (!to.empty() && row->first >= to) break;
    out.push_back({row->first, row->second});
  }
  return out;
}

void Beneath::learn(std::uint64_t epoch, std::string_view table, std::string_view key,
                    const std::optional<std::string>& value) const {
  if (value && value->size() > limits_.recent_row_bytes) return;
  const std::shared_lock lock(mutex_);
  if (epoch != epoch_ || !is_large(table)) return;
  const std::lock_guard recent(recent_mutex_);
  remember(name_of(table, key), value);
}

void Beneath::remember(std::string name, std::optional<std::string> value) const {
  const auto bytes = name.size() + (value ? value->size() : 0) + kRowOverheadBytes;
  if (young_bytes_ + bytes > limits_.recent_bytes / 2) {
    old_ = std::move(young_);
    young_.clear();
    young_bytes_ = 0;
  }
  if (young_.insert_or_assign(std::move(name), std::move(value)).second) young_bytes_ += bytes;
}

Beneath::Tables Beneath::shrunk(const Memtable& written, const Load& load) const {
  Tables out;
  for (const auto& table : written.tables()) {
    {
      const std::shared_lock lock(mutex_);
      if (!is_large(table.name)) continue;
    }
    const auto is_erase = [](const auto& row) { return row.second.change == Change::Erase; };
    if (std::none_of(table.rows.begin(), table.rows.end(), is_erase)) continue;
    auto rows = load(table.name, limits_.small_rows / 2, limits_.small_bytes / 2);  // half: not back and forth
    if (rows && *rows) out.emplace(table.name, std::move(**rows));
  }
  return out;
}

void Beneath::change(Small& table, const Memtable::Row& row) {
  const auto& [key, version] = row;
  const auto at = table.rows.lower_bound(key);
  const bool there = at != table.rows.end() && at->first == key;
  if (there) table.bytes -= key.size() + at->second.size();
  if (version.change == Change::Erase) {
    if (there) table.rows.erase(at);
    return;
  }
  auto& value = there ? at->second : table.rows.emplace_hint(at, key, std::string())->second;
  std::string text;
  if (version.read(text)) {
    value = std::move(text);
  } else {
    value += text;
  }
  table.bytes += key.size() + value.size();
}

void Beneath::advance(const Memtable& written, Tables shrunk) {
  const std::unique_lock lock(mutex_);
  const std::lock_guard recent(recent_mutex_);
  ++epoch_;
  for (auto& [name, rows] : shrunk) {
    const auto bytes = bytes_of(rows);
    small_[name] = Small{std::move(rows), bytes};
    large_.erase(name);
  }
  std::string name;
  for (const auto& table : written.tables()) {
    if (is_large(table.name)) {
      if (young_.empty() && old_.empty()) continue;
      for (const auto& row : table.rows) {
        name_row(name, table.name, row.first);
        young_.erase(name);  // its bytes go with the others when the young become the old
        old_.erase(name);
      }
      continue;
    }
    if (shrunk.find(table.name) != shrunk.end()) continue;
    auto& small = small_[table.name];
    auto row = table.rows.begin();
    for (; row != table.rows.end() && fits(small); ++row) change(small, *row);
    if (row == table.rows.end() && fits(small)) continue;
    small_.erase(table.name);
    large_.insert(table.name);
  }
}

}  // namespace meterway::store
