#include "records/ledger/rows.h"
#include "records/audit/log.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "records/registry/octets.h"

namespace meterway::ledger::rows {
namespace {

using nlohmann::json;
using registry::bytes_of;
using registry::string_of;

constexpr char kEnd = '\0';
constexpr std::size_t kPage = 5000, kMostIndexBytes = 300, kMostWordBytes = 64;
constexpr std::string_view kRecords = "ledger", kHistory = "ledger-history", kBy = "ledger-by", kWords = "ledger-word",
                           kMentions = "ledger-mention", kContents = "ledger-content", kNumbers = "ledger-number";

std::string joined(std::initializer_list<std::string_view> list) {
  std::string out;
  bool first = true;
  for (const auto part : list) {
    if (!first) out += kEnd;
    first = false;
    out += part;
  }
  return out;
}

std::string big_endian(std::uint64_t number) {
  wire::Writer out;
  out.u64(number);
  return string_of(out);
}

std::uint64_t number_of(std::string_view bytes) {
  wire::Reader in(bytes_of(bytes));
  return in.u64("number");
}

std::int64_t micros(UtcTime time) { return time.time_since_epoch().count(); }
UtcTime time_of(std::int64_t value) { return UtcTime(std::chrono::microseconds(value)); }

// --- JSON of a row: short, whole, and read by nobody but the functions here.

json json_of(const Attachment& a) {
  return {a.id, a.title, a.media_type, static_cast<int>(a.level), a.size_bytes, a.sha256, a.by, micros(a.at)};
}
Attachment attachment_of(const json& row) {
  return {row.at(0), row.at(1), row.at(2), static_cast<Classification>(row.at(3).get<int>()),
          row.at(4), row.at(5), row.at(6), time_of(row.at(7).get<std::int64_t>())};
}

std::string text_of(const Record& record) {
  json files = json::array();
  for (const auto& file : record.attachments) files.push_back(json_of(file));
  return json{{"k", record.kind},
              {"r", record.reference},
              {"v", record.revision},
              {"s", record.state},
              {"c", static_cast<int>(record.level)},
              {"f", record.fields},
              {"a", files},
              {"n", record.attachments_ever},
              {"b", record.created_by},
              {"t", {micros(record.created), micros(record.changed)}}}
      .dump();
}

/// What we have written ourselves reads without errors, or the store is damaged.
template <class Out, class Read>
Result<Out> reading(const std::string& text, Read read) {
  try {
    return read(json::parse(text));
  } catch (const json::exception&) {
    return fail(ErrorCode::Database, 0, "ledger row");
  }
}

Result<Record> record_of(const std::string& text) {
  return reading<Record>(text, [](const json& row) {
    Record out{row.at("k"),
               row.at("r"),
               row.at("v"),
               row.at("s"),
               static_cast<Classification>(row.at("c").get<int>()),
               row.at("f").get<Fields>(),
               {},
               row.at("n"),
               row.at("b"),
               time_of(row.at("t").at(0).get<std::int64_t>()),
               time_of(row.at("t").at(1).get<std::int64_t>())};
    for (const auto& file : row.at("a")) out.attachments.push_back(attachment_of(file));
    return out;
  });
}

std::string text_of(const Seen& seen) {
  std::string out(1, static_cast<char>('0' + static_cast<int>(seen.level)));
  for (const auto& name : seen.audience) {
    if (out.size() > 1) out += '\n';
    out += name;
  }
  return out;
}

Seen seen_of_text(std::string_view text) {
  Seen seen{Classification::Red, {}};
  if (text.empty()) return seen;
  seen.level = static_cast<Classification>(text.front() - '0');
  for (const auto name : parts(text.substr(1), '\n')) seen.audience.emplace_back(name);
  return seen;
}

// --- indexes: every row that a record has in them, computed from it alone.

using Rows = std::map<std::pair<std::string_view, std::string>, Seen>;  // table, key

void add(Rows& rows, std::string_view table, std::string key, const Seen& seen) {
  const auto [place, added] = rows.try_emplace({table, std::move(key)}, seen);
  if (!added && seen.level < place->second.level) place->second = seen;  // two fields say it: the more open one
}

Rows index_rows(const Record& record) {
  Rows rows;
  const auto* kind = find_kind(record.kind);
  if (kind == nullptr) return rows;
  const auto natural = natural_key(record.reference);
  const auto seen = seen_of(record);
  add(rows, kBy, joined({record.kind, "", "", natural}), seen);
  add(rows, kBy, joined({record.kind, "state", record.state, natural}), seen);
  add(rows, kBy, joined({record.kind, "class", to_string(record.level), natural}), seen);
  for (const auto& word : words_of(record.reference)) add(rows, kWords, joined({word, record.kind, natural}), seen);
  for (const auto& [name, value] : record.fields) {
    const auto* field = kind->field(name);
    if (field == nullptr) continue;
    const Seen here{std::max(seen.level, field->least_class), seen.audience};
    for (const auto& item : value) {
      if (field->indexed) add(rows, kBy, joined({record.kind, name, index_value(field->type, item), natural}), here);
      if (field->type == Type::Reference) {
        const auto target = field->of == "*" ? read_target(item) : std::optional(Target{std::string(field->of), item});
        if (target) add(rows, kMentions, joined({target->kind, target->reference, record.kind, natural}), here);
      }
      const bool prose = field->type == Type::Text || field->type == Type::Long;
      if (!prose && field->type != Type::Reference && field->type != Type::Choice) continue;
      for (const auto& word : words_of(item)) add(rows, kWords, joined({word, record.kind, natural}), here);
      if (!prose) continue;
      for (const auto& mention : mentions_in(item))
        add(rows, kMentions, joined({mention.target.kind, mention.target.reference, record.kind, natural}), here);
    }
  }
  for (const auto& file : record.attachments) {  // titles are for all who see the record
    for (const auto& word : words_of(file.title)) add(rows, kWords, joined({word, record.kind, natural}), seen);
  }
  return rows;
}

/// All rows with this prefix.
Result<std::vector<store::Row>> scan_all(const store::ReadView& view, std::string_view table, std::string from,
                                         const std::string& to) {
  std::vector<store::Row> all;
  while (true) {
    METERWAY_TRY(auto page, view.scan(table, from, to, kPage));
    const bool last = page.size() < kPage;
    if (!last) from = page.back().key + kEnd;
    for (auto& row : page) all.push_back(std::move(row));
    if (last) return all;
  }
}

/// The first key after all that begin with `prefix`, which ends with 00.
std::string after(std::string prefix) {
  prefix.back() = '\x01';
  return prefix;
}

Result<std::vector<Hit>> hits(const store::ReadView& view, std::string_view table, const std::string& from,
                              const std::string& to, std::string_view kind) {
  METERWAY_TRY(const auto found, scan_all(view, table, from, to));
  std::vector<Hit> out;
  for (const auto& row : found) {
    Hit hit;
    const auto cut = row.key.rfind(kEnd);
    hit.target.reference = std::string(reference_of(row.key));
    if (kind.empty()) {
      const auto before = row.key.rfind(kEnd, cut - 1);
      hit.target.kind = row.key.substr(before == std::string::npos ? 0 : before + 1, cut - before - 1);
    } else {
      hit.target.kind = std::string(kind);
    }
    hit.key = row.key;
    hit.seen = seen_of_text(row.value);
    out.push_back(std::move(hit));
  }
  return out;
}

/// "" and "state" are indexed as well.
Type type_of(std::string_view kind_name, std::string_view field_name) {
  const auto* kind = find_kind(kind_name);
  const auto* field = kind == nullptr ? nullptr : kind->field(field_name);
  return field == nullptr ? Type::Text : field->type;
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string key_of(std::string_view kind, std::string_view reference) { return joined({kind, natural_key(reference)}); }

std::string_view reference_of(std::string_view key) { return key.substr(key.rfind('\x01') + 1); }

Result<std::optional<Record>> find(const store::ReadView& view, std::string_view kind, std::string_view reference) {
  METERWAY_TRY(const auto value, view.get(kRecords, key_of(kind, reference)));
  if (!value) return std::optional<Record>();
  METERWAY_TRY(auto record, record_of(*value));
  return std::optional<Record>(std::move(record));
}

Status put(store::WriteView& view, const Record* before, const Record& after) {
  const auto old_rows = before == nullptr ? Rows() : index_rows(*before);
  const auto new_rows = index_rows(after);
  for (const auto& [place, seen] : old_rows) {
    if (new_rows.find(place) == new_rows.end()) METERWAY_CHECK(view.erase(place.first, place.second));
  }
  for (const auto& [place, seen] : new_rows) {
    const auto old = old_rows.find(place);
    if (old != old_rows.end() && text_of(old->second) == text_of(seen)) continue;
    METERWAY_CHECK(view.put(place.first, place.second, text_of(seen)));
  }
  return view.put(kRecords, key_of(after.kind, after.reference), text_of(after));
}

Status append_history(store::WriteView& view, const Record& record, const HistoryEntry& entry) {
  json changes = json::array();
  for (const auto& change : entry.changes)
    changes.push_back({change.field, change.before, change.after, static_cast<int>(change.level)});
  const json row{{"v", entry.revision}, {"t", micros(entry.at)}, {"b", entry.by},
                 {"p", entry.party},    {"a", entry.action},     {"f", entry.from},
                 {"o", entry.to},       {"w", entry.why},        {"c", static_cast<int>(entry.level)},
                 {"u", entry.audience}, {"d", changes}};
  const auto key = key_of(record.kind, record.reference) + kEnd + big_endian(entry.revision);
  METERWAY_TRY(const auto there, view.get(kHistory, key));
  if (there) return fail(ErrorCode::Conflict, 0, "history is never altered");
  return view.put(kHistory, key, row.dump());
}

Result<std::vector<HistoryEntry>> history(const store::ReadView& view, std::string_view kind,
                                          std::string_view reference) {
  const auto prefix = key_of(kind, reference) + kEnd;
  METERWAY_TRY(const auto found, scan_all(view, kHistory, prefix, after(prefix)));
  std::vector<HistoryEntry> all;
  for (const auto& row : found) {
    METERWAY_TRY(auto entry, reading<HistoryEntry>(row.value, [](const json& in) {
                   HistoryEntry out{in.at("v"),
                                    time_of(in.at("t").get<std::int64_t>()),
                                    in.at("b"),
                                    in.at("p"),
                                    in.at("a"),
                                    in.at("f"),
                                    in.at("o"),
                                    in.at("w"),
                                    static_cast<Classification>(in.at("c").get<int>()),
                                    in.at("u").get<std::vector<std::string>>(),
                                    {}};
                   for (const auto& change : in.at("d"))
                     out.changes.push_back({change.at(0), change.at(1).get<Value>(), change.at(2).get<Value>(),
                                            static_cast<Classification>(change.at(3).get<int>())});
                   return out;
                 }));
    all.push_back(std::move(entry));
  }
  return all;
}

Status put_content(store::WriteView& view, const Record& record, std::string_view attachment, std::string_view bytes) {
  return view.put(kContents, key_of(record.kind, record.reference) + kEnd + std::string(attachment), bytes);
}

Result<std::optional<std::string>> content(const store::ReadView& view, std::string_view kind,
                                           std::string_view reference, std::string_view attachment) {
  return view.get(kContents, key_of(kind, reference) + kEnd + std::string(attachment));
}

Result<std::uint64_t> last_number(const store::ReadView& view, std::string_view kind, std::string_view prefix) {
  METERWAY_TRY(const auto value, view.get(kNumbers, joined({kind, prefix})));
  return value ? number_of(*value) : 0;
}

Status set_last_number(store::WriteView& view, std::string_view kind, std::string_view prefix, std::uint64_t number) {
  return view.put(kNumbers, joined({kind, prefix}), big_endian(number));
}

Result<std::vector<Hit>> by_value(const store::ReadView& view, std::string_view kind, std::string_view field,
                                  std::string_view from, std::string_view to) {
  const auto prefix = joined({kind, field, ""});
  const auto type = type_of(kind, field);
  return hits(view, kBy, prefix + index_value(type, from), to.empty() ? after(prefix) : prefix + index_value(type, to),
              kind);
}

Result<std::vector<Hit>> by_exact(const store::ReadView& view, std::string_view kind, std::string_view field,
                                  std::string_view value) {
  const auto prefix = joined({kind, field, index_value(type_of(kind, field), value), ""});
  return hits(view, kBy, prefix, after(prefix), kind);
}

Result<std::vector<Hit>> by_word(const store::ReadView& view, std::string_view word, std::string_view kind) {
  const auto prefix = kind.empty() ? joined({word, ""}) : joined({word, kind, ""});
  return hits(view, kWords, prefix, after(prefix), "");
}

Result<std::vector<Hit>> by_mention(const store::ReadView& view, const Target& target) {
  const auto prefix = joined({target.kind, target.reference, ""});
  return hits(view, kMentions, prefix, after(prefix), "");
}

std::vector<std::string> words_of(std::string_view text) {
  std::set<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    std::string word;
    while (at < text.size() && is_letter_or_digit(text[at])) word += lower(text[at++]);
    if (!word.empty() && word.size() <= kMostWordBytes) words.insert(std::move(word));
    ++at;
  }
  return {words.begin(), words.end()};
}

std::string index_value(Type type, std::string_view value) {
  if (type == Type::Integer || type == Type::Decimal) {
    std::int64_t number = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = read.ec == std::errc() && read.ptr == value.data() + value.size();
    const auto micro = type == Type::Decimal ? micro_units(value) : Result<std::int64_t>(number);
    if (micro && (whole || type == Type::Decimal)) {
      auto digits = std::to_string(static_cast<std::uint64_t>(*micro) ^ std::uint64_t{1} << 63);
      return std::string(20 - digits.size(), '0') + digits;
    }
  }
  // "…:00Z" is before "…:00.5Z".
  if (type == Type::Instant && value.ends_with('Z')) value.remove_suffix(1);
  return std::string(value.substr(0, kMostIndexBytes));
}

namespace {

constexpr std::string_view kFunctions = "ledger.", kReads = "read";

AuditEntry audit_of(const audit::Entry& entry, std::uint64_t times) {
  AuditEntry out{entry.sequence, entry.at, entry.person, entry.party, entry.function.substr(kFunctions.size()),
                 entry.outcome,  {},       entry.level,  times};
  const auto blank = entry.about.find(' ');
  out.target.kind = entry.about.substr(0, blank);
  if (blank != std::string::npos) out.target.reference = entry.about.substr(blank + 1);
  return out;
}

}  // namespace

audit::Entry line_of(const AuditEntry& entry) {
  audit::Entry out;
  out.at = entry.at;
  out.person = entry.person;
  out.party = entry.party;
  out.function = std::string(kFunctions) + entry.what;
  out.about = entry.target.kind + (entry.target.reference.empty() ? "" : " " + entry.target.reference);
  out.outcome = entry.outcome;
  out.rule = "governance.md 6";
  out.level = entry.level;
  return out;
}

Status append_audit(store::WriteView& view, const AuditEntry& entry) {
  const bool is_counted = entry.person == registry::public_reader().id || entry.outcome != "read";
  return is_counted ? audit::append_counted(view, line_of(entry)) : audit::append(view, line_of(entry));
}

Result<std::vector<AuditEntry>> audit(const store::ReadView& view, std::uint64_t before, std::size_t limit) {
  METERWAY_TRY(const auto entries, audit::list_topic(view, kReads, before, limit));
  std::vector<AuditEntry> out;
  for (const auto& entry : entries) {
    METERWAY_TRY(const auto times, audit::times_of(view, entry));
    if (entry.function.size() > kFunctions.size()) out.push_back(audit_of(entry, times));
  }
  return out;
}

}  // namespace meterway::ledger::rows
