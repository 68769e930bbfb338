#include "records/store/memtable.h"

#include <algorithm>
#include <vector>

namespace meterway::store {
namespace {

constexpr std::size_t kRowOverheadBytes = 144;  // node of the table, two strings, a version

const Version* as_of(const Version& newest, std::uint64_t at) {
  const auto* version = &newest;
  while (version != nullptr && version->sequence > at) version = version->older.get();
  return version;
}

/// What a version is after a change by the same writer, or one that nobody saw without it.
void change(Version& present, Change change, std::string&& value) {
  if (change != Change::Append) {
    present.change = change;
    present.value = std::move(value);
  } else if (present.change == Change::Erase) {
    present.change = Change::Put;
    present.value = std::move(value);
  } else {
    present.value += value;
  }
  present.bare = false;
}

}  // namespace

Version::~Version() {
  while (older) {
    auto next = std::move(older->older);
    older = std::move(next);
  }
}

bool Version::read(std::string& out) const {
  if (change != Change::Append) {
    out = value;
    return true;
  }
  std::vector<const Version*> ends;
  const auto* version = this;
  for (; version != nullptr && version->change == Change::Append; version = version->older.get())
    ends.push_back(version);
  out.clear();
  if (version != nullptr) out = version->value;
  for (auto end = ends.rbegin(); end != ends.rend(); ++end) out += (*end)->value;
  return version != nullptr;
}

std::size_t Memtable::index_of(std::string_view table) {
  const auto known = std::find_if(tables_.begin(), tables_.end(), [&](const Table& one) { return one.name == table; });
  if (known != tables_.end()) return static_cast<std::size_t>(known - tables_.begin());
  tables_.emplace_back().name = table;
  return tables_.size() - 1;
}

const Memtable::Table* Memtable::find_table(std::string_view table) const {
  for (const auto& known : tables_) {
    if (known.name == table) return &known;
  }
  return nullptr;
}

void Memtable::set(std::string_view table, std::string_view key, std::string_view value, Change kind) {
  auto& into = tables_[index_of(table)];
  auto& rows = into.rows;
  auto row = rows.find(key);
  if (row == rows.end()) {
    row = rows.emplace(std::string(key), Version{}).first;
    if (into.ordered) into.order.emplace(row->first, &*row);
    row->second.change = kind;
    row->second.value = value;
    ++rows_;
    bytes_ += key.size() + value.size() + kRowOverheadBytes;
    return;
  }
  bytes_ -= row->second.value.size();
  change(row->second, kind, std::string(value));
  bytes_ += row->second.value.size();
}

void Memtable::put(std::string_view table, std::string_view key, std::string_view value) {
  set(table, key, value, Change::Put);
}
void Memtable::erase(std::string_view table, std::string_view key) { set(table, key, "", Change::Erase); }
void Memtable::append(std::string_view table, std::string_view key, std::string_view value) {
  set(table, key, value, Change::Append);
}

void Memtable::clear() {
  for (auto& table : tables_) {
    if (table.rows.empty()) continue;
    table.rows.clear();
    table.order.clear();
    table.ordered = false;
  }
  gone_.clear();
  rows_ = bytes_ = 0;
}

void Memtable::reserve(const Memtable& like) {
  for (const auto& table : like.tables_) tables_[index_of(table.name)].rows.reserve(table.rows.size());
}

void Memtable::take(Memtable& newer, std::uint64_t sequence, std::uint64_t oldest_reader, const Absent& absent) {
  for (auto& table : newer.tables_) {
    if (table.rows.empty()) continue;
    const auto into = index_of(table.name);
    table.order.clear();
    table.ordered = false;
    while (!table.rows.empty()) {
      auto node = table.rows.extract(table.rows.begin());
      node.mapped().sequence = sequence;
      take_row(into, std::move(node), oldest_reader, absent);
    }
  }
  newer.rows_ = newer.bytes_ = 0;
  remove_gone(oldest_reader);
}

void Memtable::take_row(std::size_t table, Rows::node_type node, std::uint64_t oldest_reader, const Absent& absent) {
  auto& into = tables_[table];
  const bool leaves_nothing = node.mapped().change == Change::Erase && absent && absent(into.name, node.key());
  if (leaves_nothing && into.rows.find(node.key()) == into.rows.end()) return;
  auto taken = into.rows.insert(std::move(node));
  const auto found = taken.position;
  auto& present = found->second;
  if (taken.inserted) {
    bytes_ += found->first.size() + present.value.size() + kRowOverheadBytes;
    ++rows_;
    if (into.ordered) into.order.emplace(found->first, &*found);
    return;
  }
  auto& version = taken.node.mapped();
  if (oldest_reader >= version.sequence && leaves_nothing) return remove(into, found);
  if (present.sequence == version.sequence || oldest_reader >= version.sequence) {  // nobody saw it without this
    if (oldest_reader >= version.sequence) settle(present);
    bytes_ -= present.value.size();
    present.sequence = version.sequence;
    change(present, version.change, std::move(version.value));
    bytes_ += present.value.size();
    return;
  }
  bytes_ += version.value.size();
  auto older = std::make_unique<Version>(std::move(present));
  if (older->sequence <= oldest_reader) settle(*older);
  present = std::move(version);
  present.older = std::move(older);
  if (!leaves_nothing) return;
  present.bare = true;
  gone_.push_back({present.sequence, table, &*found});
}

void Memtable::settle(Version& version) {
  while (version.older) {
    const auto below = std::move(version.older);
    version.older = std::move(below->older);
    if (version.change != Change::Append) {
      bytes_ -= below->value.size();
      continue;
    }
    below->value += version.value;
    version.value = std::move(below->value);
    if (below->change != Change::Append) version.change = Change::Put;
  }
}

void Memtable::remove(Table& table, Rows::iterator row) {
  if (table.ordered) table.order.erase(row->first);
  for (const auto* version = &row->second; version != nullptr; version = version->older.get())
    bytes_ -= version->value.size();
  bytes_ -= row->first.size() + kRowOverheadBytes;
  --rows_;
  table.rows.erase(row);
}

void Memtable::remove_gone(std::uint64_t oldest_reader) {
  for (; !gone_.empty() && gone_.front().sequence <= oldest_reader; gone_.pop_front()) {
    const auto& gone = gone_.front();
    if (gone.row->second.sequence != gone.sequence || !gone.row->second.bare) continue;  // there again since
    auto& table = tables_[gone.table];
    remove(table, table.rows.find(gone.row->first));
  }
}

const Version* Memtable::find(std::string_view table, std::string_view key, std::uint64_t at) const {
  const auto* in = find_table(table);
  if (in == nullptr) return nullptr;
  const auto row = in->rows.find(key);
  return row == in->rows.end() ? nullptr : as_of(row->second, at);
}

bool Memtable::is_ordered(std::string_view table) const {
  const auto* in = find_table(table);
  return in == nullptr || in->ordered;
}

void Memtable::order(std::string_view table) const {
  for (auto& in : tables_) {
    if (in.name != table || in.ordered) continue;
    for (auto& row : in.rows) in.order.emplace(row.first, &row);
    in.ordered = true;
  }
}

const Memtable::Row* Memtable::next(std::string_view table, std::string_view from, bool after, std::string_view to,
                                    std::uint64_t at, const Version** version) const {
  const auto* in = find_table(table);
  if (in == nullptr) return nullptr;
  const auto& order = in->order;
  for (auto row = after ? order.upper_bound(from) : order.lower_bound(from); row != order.end(); ++row) {
    if (!to.empty() && row->first >= to) return nullptr;
    *version = as_of(row->second->second, at);
    if (*version != nullptr) return row->second;
  }
  return nullptr;
}

}  // namespace meterway::store
