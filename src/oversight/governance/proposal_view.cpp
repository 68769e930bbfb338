#include <algorithm>
#include <nlohmann/json.hpp>

#include "oversight/governance/view.h"

/// A proposal with its clocks: days from one date to another, and how long an assessment has been awaited.
namespace meterway::governance {
namespace {

using document::figure;
using document::linked;
using document::plain;
using ledger::Record;
using nlohmann::json;

json days_between(const Record& record, const char* from, const char* to) {
  const auto first = record.date(from), last = record.date(to);
  if (!first || !last) return nullptr;
  return (*last - *first).count();
}

struct Clock {
  json body = json::array();
  document::Table table{
      "Assessments by the DCC", {"Assessment", "Type", "Asked", "Due", "Returned", "Days waiting", "Cost"}, {}};
};

void add(Clock& clock, const Record& one, ledger::Date on) {
  const bool cancelled = one.state == "cancelled";  // its clock stands since then
  const auto until = one.date("returned").value_or(cancelled ? calendar::date_of(one.changed) : on);
  const auto days = std::max<std::int64_t>((until - *one.date("asked")).count(), 0);
  const auto cost = one.has("cost_low") ? "\u00a3" + one.text("cost_low") + " to \u00a3" + one.text("cost_high") : "";
  const bool late = !cancelled && until > *one.date("due");
  const auto text = [&](const char* field) { return one.has(field) ? json(one.text(field)) : json(nullptr); };
  clock.body.push_back({{"reference", one.reference},
                        {"type", one.text("type")},
                        {"state", one.state},
                        {"asked_of", one.text("asked_of")},
                        {"asked", one.text("asked")},
                        {"due", one.text("due")},
                        {"returned", text("returned")},
                        {"days_waiting", days},
                        {"overdue", late},
                        {"cost_low", text("cost_low")},
                        {"cost_high", text("cost_high")},
                        {"assumptions", text("assumptions")}});
  clock.table.rows.push_back({{figure(one.reference, {"dcc_assessment", one.reference})},
                              {plain(one.text("type"))},
                              {plain(one.text("asked"))},
                              {plain(one.text("due") + (late ? " (overdue)" : ""))},
                              {plain(one.has("returned") ? one.text("returned") : one.state)},
                              {plain(std::to_string(days))},
                              {plain(cost)}});
}

}  // namespace

Result<View> proposal(const ledger::Reader& reader, const rules::Rules&, const Asked& asked) {
  document::Document out;
  METERWAY_TRY(const auto record, reader.find("proposal", asked.reference));
  raise(out, record.level);
  METERWAY_TRY(const auto decisions, all(reader, {"decision", {{"subject", record.reference}}}, &out));
  METERWAY_TRY(const auto statements,
               all(reader, {"statement", {{"subject", record.reference}, {"dissent", "true"}}}, &out));
  METERWAY_TRY(const auto assessments, all(reader, {"dcc_assessment", {{"proposal", record.reference}}}, &out));
  const auto impact =
      record.has("impact") ? record.text("impact") : std::string("DCC Systems impact: not stated by anybody");
  out.title = record.reference + " " + record.text("title");
  out.reference = record.reference + ", revision " + std::to_string(record.revision);
  out.about = {{"Proposer", record.text("proposer")},
               {"Raised", record.has("raised") ? calendar::in_words(*record.date("raised")) : "not recorded"},
               {"Stage", record.state}};
  if (record.has("modification")) out.about.emplace_back("Modification", record.text("modification"));
  if (record.has("release")) out.about.emplace_back("Release", record.text("release"));
  out.paragraph({plain(impact + ".")});
  for (const auto* part : {"issue", "solution", "rationale", "funding_question", "funding_statement"}) {
    if (!record.has(part)) continue;
    std::string title(part);
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
    for (char& c : title) c = c == '_' ? ' ' : c;
    out.heading(2, title);
    out.prose(record.text(part));
  }
  const auto days_to_end = days_between(record, "raised", "decided_on");
  const auto days_to_live = days_between(record, "raised", "implemented_on");
  const auto days_to_withdrawal = days_between(record, "raised", "withdrawn_on");
  document::Table past{"Decisions", {"Date", "By", "Decision", "Stage after"}, {}};
  json said = json::array(), dissent = json::array();
  for (const auto& one : decisions) {
    past.rows.push_back({{plain(one.text("on"))},
                         {plain(one.text("committee"))},
                         {document::strong(one.text("word")), plain(" " + one.text("type"))},
                         {plain(one.text("stage_after"))}});
    said.push_back({{"reference", one.reference},
                    {"on", one.text("on")},
                    {"type", one.text("type")},
                    {"word", one.text("word")},
                    {"stage_after", one.text("stage_after")}});
  }
  if (!past.rows.empty()) out.table(std::move(past));
  Clock clock;
  for (const auto& one : assessments) add(clock, one, asked.on.value_or(asked.today));
  if (!clock.table.rows.empty()) out.table(std::move(clock.table));
  if (!statements.empty()) out.heading(2, "Dissent");
  for (const auto& one : statements) {
    out.paragraph({document::strong(one.text("speaker") + ": "), plain(one.text("text"))});
    dissent.push_back({{"speaker", one.text("speaker")}, {"meeting", one.text("meeting")}});
  }
  METERWAY_TRY(const auto mentions, reader.mentioned_in("proposal", record.reference));
  json mentioned = json::array();
  std::vector<document::Inline> places;
  for (const auto& one : mentions) {
    const auto& kind = one.target.kind;
    if (kind == "decision" || kind == "dcc_assessment" || kind == "statement") continue;  // they stand above
    if (one.level > out.level) continue;  // the page is not made more secret by who speaks of it
    mentioned.push_back({{"kind", kind}, {"reference", one.target.reference}, {"label", one.label}});
    places.push_back({figure(one.target.reference, one.target), plain(one.label.empty() ? "" : ": " + one.label)});
  }
  if (!places.empty()) {
    out.heading(2, "Mentioned in");
    out.bullets(std::move(places));
  }
  const json body = {{"proposal", record.reference},
                     {"mentioned_in", mentioned},
                     {"stage", record.state},
                     {"class", to_string(out.level)},
                     {"impact", impact},
                     {"modification", record.text("modification")},
                     {"days_to_decision", days_to_end},
                     {"days_to_live", days_to_live},
                     {"days_to_withdrawal", days_to_withdrawal},
                     {"adoption_until", record.text("adoption_until")},
                     {"decisions", said},
                     {"dissent", dissent},
                     {"assessments", clock.body}};
  return View{std::move(out), body.dump()};
}

}  // namespace meterway::governance
