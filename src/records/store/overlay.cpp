#include "records/store/overlay.h"

#include <utility>

namespace meterway::store {
namespace {

Status check_sizes(std::string_view key, std::string_view value) {
  if (key.size() > kMaxKeyBytes) return fail(ErrorCode::TooLarge, 0, "key");
  if (value.size() > kMaxValueBytes) return fail(ErrorCode::TooLarge, 0, "value");
  return {};
}

}  // namespace

/// A row with its entry on top; `under`: what lies under it, where that is at hand.
Result<std::optional<std::string>> Overlay::seen(std::string_view table, const Row* under, const Entry& entry,
                                                 std::string_view key) const {
  if (entry.kind == Kind::Gone) return std::optional<std::string>();
  if (entry.kind == Kind::Whole) return std::optional(entry.value);
  if (under != nullptr) return std::optional(under->value + entry.value);
  METERWAY_TRY(const auto before, under_.get(table, key));
  return std::optional(before.value_or(std::string()) + entry.value);
}

Result<std::optional<std::string>> Overlay::get(std::string_view table, std::string_view key) const {
  const auto rows = tables_.find(table);
  if (rows == tables_.end()) return under_.get(table, key);
  const auto row = rows->second.find(key);
  if (row == rows->second.end()) return under_.get(table, key);
  return seen(table, nullptr, row->second, key);
}

Result<std::vector<Row>> Overlay::scan(std::string_view table, std::string_view from, std::string_view to,
                                       std::size_t limit) const {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return under_.scan(table, from, to, limit);
  const auto& changes = found->second;
  // Each entry can take away one of those that lie under it.
  auto change = changes.lower_bound(from);
  const auto end = to.empty() ? changes.end() : changes.lower_bound(to);
  const auto gone = static_cast<std::size_t>(std::distance(change, end));
  const auto most = limit > SIZE_MAX - gone ? SIZE_MAX : limit + gone;
  METERWAY_TRY(auto under, under_.scan(table, from, to, most));
  std::vector<Row> out;
  auto row = under.begin();
  while (out.size() < limit && (row != under.end() || change != end)) {
    if (change == end || (row != under.end() && row->key < change->first)) {
      out.push_back(std::move(*row++));
      continue;
    }
    const bool both = row != under.end() && row->key == change->first;
    METERWAY_TRY(auto value, seen(table, both ? &*row : nullptr, change->second, change->first));
    if (value) out.push_back({change->first, std::move(*value)});
    if (both) ++row;
    ++change;
  }
  return out;
}

Status Overlay::put(std::string_view table, std::string_view key, std::string_view value) {
  METERWAY_CHECK(check_sizes(key, value));
  tables_[std::string(table)][std::string(key)] = {Kind::Whole, std::string(value)};
  return {};
}

Status Overlay::erase(std::string_view table, std::string_view key) {
  tables_[std::string(table)][std::string(key)] = {Kind::Gone, {}};
  return {};
}

Status Overlay::append(std::string_view table, std::string_view key, std::string_view value) {
  METERWAY_CHECK(check_sizes(key, value));
  auto& rows = tables_[std::string(table)];
  const auto row = rows.find(key);
  if (row == rows.end()) {
    rows.emplace(std::string(key), Entry{Kind::Behind, std::string(value)});
    return {};
  }
  if (row->second.kind == Kind::Gone) row->second = {Kind::Whole, {}};
  row->second.value += value;
  return {};
}

Status Overlay::pour(WriteView& view) {
  for (const auto& [table, rows] : tables_) {
    for (const auto& [key, entry] : rows) {
      switch (entry.kind) {
        case Kind::Whole:
          METERWAY_CHECK(view.put(table, key, entry.value));
          break;
        case Kind::Gone:
          METERWAY_CHECK(view.erase(table, key));
          break;
        case Kind::Behind:
          METERWAY_CHECK(view.append(table, key, entry.value));
          break;
      }
    }
  }
  tables_.clear();
  return {};
}

}  // namespace meterway::store
