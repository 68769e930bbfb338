#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "oversight/governance/assurance_status.h"
#include "oversight/governance/redline.h"
#include "oversight/governance/view.h"

/// Texts of the code as they hold on a day, and what has changed between two days.
namespace meterway::governance {
namespace {

using document::plain;
using ledger::Record;
using nlohmann::json;

struct Clause {
  std::int64_t position = 0;
  std::string text, version;
};
using Clauses = std::map<std::string, Clause>;  // by number

/// The last version of each clause that holds on the day; without those that are no more.
Clauses on_day(const std::vector<Record>& versions, ledger::Date day) {
  std::map<std::string, const Record*> last;
  for (const auto& one : versions) {
    if (*one.date("from") > day) continue;
    auto& there = last[one.text("number")];
    if (there == nullptr || *there->date("from") < *one.date("from")) there = &one;
  }
  Clauses out;
  for (const auto& [number, one] : last) {
    if (one->has("text")) out[number] = {one->integer("position").value_or(0), one->text("text"), one->reference};
  }
  return out;
}

std::vector<std::string> in_order(const Clauses& some, const Clauses& others) {
  std::vector<std::pair<std::int64_t, std::string>> order;
  for (const auto& [number, clause] : some) order.emplace_back(clause.position, number);
  for (const auto& [number, clause] : others) {
    if (!some.contains(number)) order.emplace_back(clause.position, number);
  }
  std::sort(order.begin(), order.end());
  std::vector<std::string> out;
  for (auto& one : order) out.push_back(std::move(one.second));
  return out;
}

}  // namespace

Result<View> legal_text(const ledger::Reader& reader, const rules::Rules&, const Asked& asked) {
  document::Document out;
  METERWAY_TRY(const auto record, reader.find("legal_text", asked.reference));
  METERWAY_TRY(const auto versions, all(reader, {"clause", {{"document", record.reference}}}, &out));
  const auto day = asked.on.value_or(asked.today);
  const auto clauses = on_day(versions, day);
  out.title = record.text("title");
  out.reference = record.reference + " on " + calendar::to_text(day);
  json list = json::array();
  for (const auto& number : in_order(clauses, {})) {
    const auto& clause = clauses.at(number);
    out.heading(2, number);
    out.prose(clause.text);
    list.push_back({{"number", number}, {"text", clause.text}, {"version", clause.version}});
  }
  const json body = {{"document", record.reference}, {"on", calendar::to_text(day)}, {"clauses", list}};
  return View{std::move(out), body.dump()};
}

Result<View> legal_diff(const ledger::Reader& reader, const rules::Rules&, const Asked& asked) {
  document::Document out;
  if (!asked.from || !asked.to) return fail(ErrorCode::BadValue, 0, "from, to: the two days to compare");
  METERWAY_TRY(const auto record, reader.find("legal_text", asked.reference));
  METERWAY_TRY(const auto versions, all(reader, {"clause", {{"document", record.reference}}}, &out));
  const auto before = on_day(versions, *asked.from), after = on_day(versions, *asked.to);
  out.title = record.text("title") + ": changes";
  out.reference = record.reference;
  out.about = {{"From", calendar::in_words(*asked.from)}, {"To", calendar::in_words(*asked.to)}};
  json list = json::array();
  for (const auto& number : in_order(after, before)) {
    const auto old = before.find(number), now = after.find(number);
    const std::string was = old == before.end() ? "" : old->second.text;
    const std::string is = now == after.end() ? "" : now->second.text;
    if (was == is) continue;
    const auto* change = was.empty() ? "added" : is.empty() ? "removed" : "changed";
    json redline = json::array();
    document::Inline text;
    for (const auto& run : redline_of(was, is)) {
      const auto* mark = run.edit == Edit::Kept ? "kept" : run.edit == Edit::Added ? "added" : "removed";
      redline.push_back({{"edit", mark}, {"text", run.text}});
      if (run.edit == Edit::Kept) {
        text.push_back(plain(run.text));
      } else {
        text.push_back(document::strong("[" + std::string(mark) + ": " + run.text + "]"));
      }
    }
    out.heading(2, number + " (" + change + ")");
    out.paragraph(std::move(text));
    list.push_back({{"number", number}, {"change", change}, {"before", was}, {"after", is}, {"redline", redline}});
  }
  if (list.empty()) out.paragraph({plain("Nothing has changed.")});
  const json body = {{"document", record.reference}, {"changes", list}};
  return View{std::move(out), body.dump()};
}

/// What a name means on a day, and every name that the same code has had. `reference`: a name, or a code.
Result<View> assurance_status(const ledger::Reader&, const rules::Rules&, const Asked& asked) {
  document::Document out;
  const auto day = asked.on.value_or(asked.today);
  json list = json::array();
  document::Table table{"Names by date", {"Scheme", "Code", "Name", "From", "Until", "User entry"}, {}};
  for (const auto* scheme : {"security", "privacy"}) {
    const auto* row = read_status(scheme, asked.reference, day);
    if (row == nullptr) row = name_on(scheme, asked.reference, day);
    if (row == nullptr) continue;
    json names = json::array();
    for (const auto& one : all_assurance_statuses()) {
      if (one.code != row->code) continue;
      const auto until = one.to == ledger::Date::max() ? "" : calendar::to_text(one.to);
      names.push_back({{"name", one.name}, {"from", calendar::to_text(one.from)}, {"to", until}});
      table.rows.push_back({{plain(scheme)},
                            {plain(std::string(one.code))},
                            {plain(std::string(one.name))},
                            {plain(calendar::to_text(one.from))},
                            {plain(until)},
                            {plain(one.passes ? "passes" : "does not pass")}});
    }
    list.push_back({{"scheme", scheme}, {"code", row->code}, {"name", row->name}, {"names", names}});
  }
  if (list.empty()) return fail(ErrorCode::NotFound, 0, "status of that name on that day");
  out.title = "Assurance status: " + asked.reference;
  out.reference = calendar::to_text(day);
  out.table(std::move(table));
  return View{std::move(out), json{{"on", calendar::to_text(day)}, {"statuses", list}}.dump()};
}

}  // namespace meterway::governance
