#include "records/ledger/reader.h"

#include <algorithm>

#include "base/util/base64.h"
#include "records/audit/held.h"
#include "records/ledger/select.h"
#include "records/permission/permission.h"
#include "records/registry/octets.h"

namespace meterway::ledger {
namespace {

using registry::bytes_of;
using registry::string_of;

bool is_watched(Classification level) { return level >= Classification::Amber; }

/// Where a page ended: the row's place in its index, which the person has seen.
std::string cursor_of(const rows::Hit& hit) {
  auto text = to_base64(bytes_of(hit.key));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

Result<std::string> key_of_cursor(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  const auto read = from_base64(text);
  if (!read) return fail(ErrorCode::BadValue, 0, "after: no cursor of ours");
  return string_of(*read);
}

std::string label_of(const Record& record) {
  const auto* kind = find_kind(record.kind);
  return kind == nullptr ? std::string() : record.text(kind->label);
}

}  // namespace

Status Reader::write_down(std::string_view what, std::string_view outcome, const std::vector<Note>& notes) const {
  if (notes.empty() || !noting_) return {};
  const auto entry_of = [&](const Note& note) {
    return rows::AuditEntry{
        0,           clock_.now(), person_.id, person_.party, std::string(what), std::string(outcome),
        note.target, note.level,   1};
  };
  if (held_ != nullptr && person_.id == registry::public_reader().id) {
    for (const auto& note : notes) METERWAY_CHECK(held_->add(store_, rows::line_of(entry_of(note))));
    return {};
  }
  return store_.write([&](store::WriteView& view) -> Status {
    for (const auto& note : notes) METERWAY_CHECK(rows::append_audit(view, entry_of(note)));
    return {};
  });
}

Result<Record> Reader::find(std::string_view kind, std::string_view reference) const {
  const auto* row = find_kind(kind);
  const auto read_as = row == nullptr ? std::nullopt : read_reference(*row, reference);
  if (!read_as) return fail(ErrorCode::NotFound, 0, "record");
  std::optional<Record> record;
  METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(record, rows::find(view, kind, read_as->reference));
    return {};
  }));
  const Target target{std::string(kind), read_as->reference};
  if (!record || !may_see(person_, seen_of(*record))) {
    // Both are written down, so that one takes as long as the other. What somebody makes up is counted, not kept.
    METERWAY_CHECK(
        write_down("read", record ? "refused" : "not there",
                   {{record ? target : Target{target.kind, ""}, record ? record->level : Classification::White}}));
    return fail(ErrorCode::NotFound, 0, "record");
  }
  if (is_watched(record->level)) METERWAY_CHECK(write_down("read", "read", {{target, record->level}}));
  return shown(std::move(*record), person_);
}

Result<Page> Reader::list(const Query& query) const {
  Page page;
  std::vector<Note> notes;
  METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto hits, select(view, person_, query));
    page.total = hits.size();
    auto at = hits.begin();
    if (!query.after.empty()) {
      METERWAY_TRY(const auto key, key_of_cursor(query.after));
      at = std::find_if(hits.begin(), hits.end(),
                        [&](const rows::Hit& hit) { return query.newest_first ? hit.key < key : hit.key > key; });
    }
    const auto limit = std::clamp<std::size_t>(query.limit, 1, kMostListed);
    for (; at != hits.end() && page.records.size() < limit; ++at) {
      METERWAY_TRY(auto record, rows::find(view, at->target.kind, at->target.reference));
      if (!record) return fail(ErrorCode::Database, 0, "ledger index");
      if (is_watched(record->level)) notes.push_back({at->target, record->level});
      page.records.push_back(shown(std::move(*record), person_));
    }
    if (at != hits.end() && at != hits.begin()) page.next = cursor_of(*std::prev(at));
    return {};
  }));
  METERWAY_CHECK(write_down("list", "read", notes));
  return page;
}

Result<std::uint64_t> Reader::count(const Query& query) const {
  std::uint64_t count = 0;
  METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto hits, select(view, person_, query));
    count = hits.size();
    return {};
  }));
  return count;
}

Result<Sum> Reader::sum(const Query& query, std::string_view name) const {
  const auto* kind = find_kind(query.kind);
  const auto* field = kind == nullptr ? nullptr : kind->field(name);
  if (field == nullptr || field->least_class > person_.clearance ||
      (field->type != Type::Integer && field->type != Type::Decimal))
    return fail(ErrorCode::BadValue, 0, "sum: no number of the kind");
  Sum sum;
  std::int64_t micro = 0;
  std::vector<Note> notes;
  METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto hits, select(view, person_, query));
    for (const auto& hit : hits) {
      METERWAY_TRY(const auto record, rows::find(view, hit.target.kind, hit.target.reference));
      if (!record) return fail(ErrorCode::Database, 0, "ledger index");
      if (is_watched(record->level)) notes.push_back({hit.target, record->level});
      (record->has(name) ? sum.counted : sum.not_recorded) += 1;
      for (const auto& item : record->list(name)) {
        METERWAY_TRY(const auto value, micro_units(item));
        if (__builtin_add_overflow(micro, value, &micro)) return fail(ErrorCode::OutOfRange, 0, "sum");
      }
    }
    return {};
  }));
  METERWAY_CHECK(write_down("sum", "read", notes));
  sum.total = decimal_of(micro);
  return sum;
}

Result<std::vector<Found>> Reader::describe(const std::vector<Target>& targets, std::size_t limit) const {
  std::vector<Found> out;
  std::vector<Note> notes;
  METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
    for (const auto& target : targets) {
      if (out.size() == limit) break;
      METERWAY_TRY(auto record, rows::find(view, target.kind, target.reference));
      if (!record || !may_see(person_, seen_of(*record))) continue;
      if (is_watched(record->level)) notes.push_back({target, record->level});
      const auto level = record->level;
      const auto state = record->state;
      out.push_back({target, label_of(shown(std::move(*record), person_)), state, level});
    }
    return {};
  }));
  METERWAY_CHECK(write_down("search", "read", notes));
  return out;
}

Result<std::vector<Found>> Reader::search(std::string_view text, std::size_t limit) const {
  const auto words = rows::words_of(text);
  if (words.empty()) return fail(ErrorCode::BadValue, 0, "words: there are none to look for");
  std::vector<Target> targets;
  METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
    for (const auto& word : words) {
      METERWAY_TRY(auto found, rows::by_word(view, word, ""));
      std::vector<Target> here;
      for (auto& hit : visible(std::move(found), person_)) here.push_back(std::move(hit.target));
      if (&word != &words.front()) {
        const std::vector<Target> before(std::move(targets));
        std::erase_if(here,
                      [&](const Target& one) { return std::find(before.begin(), before.end(), one) == before.end(); });
      }
      targets = std::move(here);
    }
    return {};
  }));
  return describe(targets, limit);
}

Result<std::vector<Found>> Reader::mentioned_in(std::string_view kind, std::string_view reference) const {
  METERWAY_TRY(const auto record, find(kind, reference));
  std::vector<Target> targets;
  METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(auto found, rows::by_mention(view, {record.kind, record.reference}));
    for (auto& hit : visible(std::move(found), person_)) targets.push_back(std::move(hit.target));
    return {};
  }));
  return describe(targets, kMostListed);
}

Result<std::vector<HistoryEntry>> Reader::history(std::string_view kind, std::string_view reference) const {
  METERWAY_TRY(const auto record, find(kind, reference));
  std::vector<HistoryEntry> all;
  METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(all, rows::history(view, record.kind, record.reference));
    return {};
  }));
  // What was Red once stays Red: that the record is open now does not open what it said then.
  std::erase_if(all, [&](const HistoryEntry& entry) { return !may_see(person_, {entry.level, entry.audience}); });
  for (auto& entry : all) {
    std::erase_if(entry.changes, [&](const HistoryEntry::Change& change) { return change.level > person_.clearance; });
  }
  return all;
}

Result<std::string> Reader::content(std::string_view kind, std::string_view reference,
                                    std::string_view attachment) const {
  METERWAY_TRY(const auto record, find(kind, reference));
  const auto file = std::find_if(record.attachments.begin(), record.attachments.end(),
                                 [&](const Attachment& one) { return one.id == attachment; });
  if (file == record.attachments.end()) return fail(ErrorCode::NotFound, 0, "attachment");
  const Target target{record.kind, record.reference};
  const auto level = std::max(file->level, record.level);
  const Seen seen{file->level, record.list("audience")};
  if (!may_see(person_, seen)) {
    METERWAY_CHECK(write_down("content", "refused", {{target, level}}));
    return fail(ErrorCode::Refused, 0, "attachment: its class is above your clearance");
  }
  if (is_watched(level)) METERWAY_CHECK(write_down("content", "read", {{target, level}}));
  std::optional<std::string> bytes;
  METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(bytes, rows::content(view, record.kind, record.reference, attachment));
    return {};
  }));
  if (!bytes) return fail(ErrorCode::NotFound, 0, "attachment");
  return std::move(*bytes);
}

Result<std::vector<AuditLine>> Reader::audit(std::uint64_t before, std::size_t limit) const {
  if (!permission::may(person_, "audit.read")) return fail(ErrorCode::Refused, 0, "audit: not for this person");
  std::vector<AuditLine> out;
  METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto lines, rows::audit(view, before, limit));
    for (const auto& line : lines) {
      if (line.level > person_.clearance) continue;
      out.push_back({line.sequence, line.at, line.person, line.party, line.what, line.outcome, line.target, line.level,
                     line.times});
    }
    return {};
  }));
  return out;
}

Status Reader::note(std::string_view what, const std::string& name, Classification level, bool given) const {
  if (!is_watched(level)) return {};
  return write_down(what, given ? "read" : "refused", {{{"report", name}, level}});
}

}  // namespace meterway::ledger
