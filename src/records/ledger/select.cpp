#include "records/ledger/select.h"

#include <algorithm>
#include <set>

#include "records/ledger/value.h"

namespace meterway::ledger {
namespace {

using Hits = std::vector<rows::Hit>;

bool is_of_index(const Kind& kind, const Filter& filter) {
  if (filter.field == "state" || filter.field == "class") return true;
  const auto* field = kind.field(filter.field);
  return field != nullptr && field->indexed;
}

/// The same form as the values have; as it came where it is no value at all, which finds nothing.
std::string canonical_of(const Kind& kind, const std::string& name, const std::string& value) {
  const auto* field = kind.field(name);
  if (field == nullptr) return value;
  auto read = canonical_item(*field, value);
  return read ? std::move(*read) : value;
}

Status check(const Kind& kind, const Query& query) {
  for (const auto& filter : query.filters) {
    if (filter.field != "state" && filter.field != "class" && kind.field(filter.field) == nullptr)
      return fail(ErrorCode::BadValue, 0, "filter: the kind has no such field");
  }
  const auto* range = kind.field(query.range_field);
  if (!query.range_field.empty() && (range == nullptr || !range->indexed))
    return fail(ErrorCode::BadValue, 0, "range: no indexed field of the kind");
  return {};
}

void keep(Hits& hits, const Hits& others) {
  std::set<std::string_view> there;
  for (const auto& other : others) there.insert(other.target.reference);
  std::erase_if(hits, [&](const rows::Hit& hit) { return there.count(hit.target.reference) == 0; });
}

bool matches(const Kind& kind, const Record& record, const Filter& filter, const Person& person) {
  const auto* field = kind.field(filter.field);
  if (field->least_class > person.clearance) return false;
  const auto& value = record.list(filter.field);
  return std::find(value.begin(), value.end(), canonical_of(kind, filter.field, filter.value)) != value.end();
}

/// The rows to begin with, and the filter that they already answer.
Result<Hits> begin(const store::ReadView& view, const Kind& kind, const Query& query, const Filter*& answered) {
  answered = nullptr;
  if (!query.range_field.empty())
    return rows::by_value(view, kind.name, query.range_field, canonical_of(kind, query.range_field, query.from),
                          query.to.empty() ? "" : canonical_of(kind, query.range_field, query.to));
  for (const auto& filter : query.filters) {
    if (!is_of_index(kind, filter)) continue;
    answered = &filter;
    return rows::by_exact(view, kind.name, filter.field, canonical_of(kind, filter.field, filter.value));
  }
  return rows::by_exact(view, kind.name, "", "");
}

}  // namespace

const Person& the_ledger_itself() {
  static const Person kItself{"ledger", "", "", {"operator"}, Classification::Red, true};
  return kItself;
}

Hits visible(Hits hits, const Person& person) {
  std::erase_if(hits, [&](const rows::Hit& hit) { return !may_see(person, hit.seen); });
  return hits;
}

Record shown(Record record, const Person& person) {
  const auto* kind = find_kind(record.kind);
  std::erase_if(record.fields, [&](const auto& entry) {
    const auto* field = kind == nullptr ? nullptr : kind->field(entry.first);
    return field == nullptr || field->least_class > person.clearance;
  });
  for (auto& file : record.attachments) {
    if (file.level <= person.clearance) continue;
    file = {file.id, file.title, "", file.level, 0, "", "", {}};
  }
  return record;
}

Result<Hits> select(const store::ReadView& view, const Person& person, const Query& query) {
  const auto* kind = find_kind(query.kind);
  if (kind == nullptr) return fail(ErrorCode::NotFound, 0, "kind");
  METERWAY_CHECK(check(*kind, query));
  const Filter* answered = nullptr;
  METERWAY_TRY(auto all, begin(view, *kind, query, answered));
  auto hits = visible(std::move(all), person);
  for (const auto& word : rows::words_of(query.words)) {
    METERWAY_TRY(auto found, rows::by_word(view, word, kind->name));
    keep(hits, visible(std::move(found), person));
  }
  if (!query.mentions.empty()) {
    const auto target = read_target(query.mentions);
    if (!target) return fail(ErrorCode::BadValue, 0, "mentions: no reference of a record");
    METERWAY_TRY(auto found, rows::by_mention(view, *target));
    std::erase_if(found, [&](const rows::Hit& hit) { return hit.target.kind != kind->name; });
    keep(hits, visible(std::move(found), person));
  }
  for (const auto& filter : query.filters) {
    if (&filter == answered || !is_of_index(*kind, filter)) continue;
    METERWAY_TRY(auto found,
                 rows::by_exact(view, kind->name, filter.field, canonical_of(*kind, filter.field, filter.value)));
    keep(hits, visible(std::move(found), person));
  }
  for (const auto& filter : query.filters) {  // of as few as the others have left
    if (is_of_index(*kind, filter)) continue;
    if (query.most_read > 0 && hits.size() > query.most_read)
      return fail(ErrorCode::BadValue, hits.size(),
                  "filter: the field has no index, and too many records would be read: narrow the list by another");
    Hits kept;
    for (auto& hit : hits) {
      METERWAY_TRY(const auto record, rows::find(view, kind->name, hit.target.reference));
      if (record && matches(*kind, *record, filter, person)) kept.push_back(std::move(hit));
    }
    hits = std::move(kept);
  }
  if (!query.range_field.empty()) {  // a list with two values in the range stands there once
    std::set<std::string> there;
    std::erase_if(hits, [&](const rows::Hit& hit) { return !there.insert(hit.target.reference).second; });
  }
  if (query.newest_first) std::reverse(hits.begin(), hits.end());
  return hits;
}

}  // namespace meterway::ledger
