#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "oversight/governance/action_line.h"
#include "oversight/governance/quorum.h"
#include "oversight/governance/view.h"

/// Minutes and agenda of a meeting.
namespace meterway::governance {
namespace {

using document::figure;
using document::Inline;
using document::linked;
using document::plain;
using ledger::Record;
using nlohmann::json;

/// Everything that the minutes are made from.
struct Sources {
  Record meeting;
  std::vector<Record> seats, attendance, items, decisions, statements;
  std::vector<ActionLine> actions;
  std::map<std::string, std::string> categories;  ///< names by code
  std::map<std::string, std::string> meetings;    ///< days of the committee's meetings
  Quorum quorum;
};

void by_position(std::vector<Record>& items) {
  std::stable_sort(items.begin(), items.end(), [](const Record& a, const Record& b) {
    return a.integer("position").value_or(0) < b.integer("position").value_or(0);
  });
}

Result<Sources> read_sources(const ledger::Reader& reader, const rules::Rules& rules, const std::string& reference,
                             document::Document& out) {
  Sources all_of_it;
  METERWAY_TRY(all_of_it.meeting, reader.find("meeting", reference));
  const auto& meeting = all_of_it.meeting;
  raise(out, meeting.level);
  const ledger::Filter here{"meeting", meeting.reference};
  METERWAY_TRY(all_of_it.seats, all(reader, {"seat", {{"committee", meeting.text("committee")}}}, &out));
  METERWAY_TRY(all_of_it.attendance, all(reader, {"attendance", {here, {"state", "noted"}}}, &out));
  METERWAY_TRY(all_of_it.items, all(reader, {"agenda", {here}}, &out));
  METERWAY_TRY(all_of_it.decisions, all(reader, {"decision", {here}}, &out));
  METERWAY_TRY(all_of_it.statements, all(reader, {"statement", {here}}, &out));
  by_position(all_of_it.items);
  METERWAY_TRY(const auto categories, all(reader, {"category"}));
  for (const auto& one : categories) all_of_it.categories[one.reference] = one.text("name");
  METERWAY_TRY(const auto meetings, all(reader, {"meeting", {{"committee", meeting.text("committee")}}}));
  for (const auto& one : meetings) all_of_it.meetings[one.reference] = calendar::in_words(*one.date("held"));
  for (const auto& line : meeting.list("frozen_actions")) all_of_it.actions.push_back(read_action_line(line));
  if (meeting.state != "final") {
    METERWAY_TRY(const auto actions, all(reader, {"action", {{"committee", meeting.text("committee")}}}, &out));
    for (const auto& action : actions) {
      if (const auto part = part_in(action, meeting); part != PartIn::None)
        all_of_it.actions.push_back(line_of_action(action, part));
    }
  }
  METERWAY_TRY(all_of_it.quorum, count_quorum(rules, meeting, all_of_it.seats, all_of_it.attendance));
  return all_of_it;
}

std::optional<std::int64_t> minutes_of(const Record& meeting) {
  const auto begins = meeting.instant("begins"), ends = meeting.instant("ends");
  if (!begins || !ends) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::minutes>(*ends - *begins).count();
}

std::string name_of(const Sources& from, const std::string& category) {
  const auto found = from.categories.find(category);
  return found == from.categories.end() ? category : found->second;
}

std::string listed(const Sources& from, const std::vector<std::string>& categories) {
  std::string out;
  for (const auto& one : categories) out += (out.empty() ? "" : ", ") + name_of(from, one);
  return out;
}

void head(document::Document& out, const Record& meeting) {
  const auto held = *meeting.date("held");
  out.reference = meeting.reference;
  out.about = {{"Committee", meeting.text("committee")},
               {"Meeting", meeting.text("number")},
               {"Date", calendar::in_words(held)}};
  if (const auto length = minutes_of(meeting))
    out.about.emplace_back("Time", meeting.text("begins").substr(11, 5) + " to " + meeting.text("ends").substr(11, 5) +
                                       ", " + std::to_string(*length) + " minutes");
  if (meeting.has("venue")) out.about.emplace_back("Venue", meeting.text("venue"));
  if (meeting.boolean("teleconference").value_or(false)) out.about.emplace_back("Teleconference", "yes");
  out.about.emplace_back("Status", meeting.state);
}

/// Who was there: the chair and members by category, others by party, apologies.
void people(document::Document& out, const Sources& from) {
  document::Table members{"Members", {"Category", "Who", "Party", "As", "How"}, {}};
  document::Table others{"Others, without a vote", {"Party", "Who", "As", "How"}, {}};
  document::Table away{"Apologies", {"Category", "Who", "Party"}, {}};
  for (const auto& one : from.attendance) {
    const auto category = name_of(from, one.text("category"));
    const auto cell = [&](const char* field) { return Inline{plain(one.text(field))}; };
    if (one.text("mode") == "apologies") {
      away.rows.push_back({{plain(category)}, cell("who"), cell("party")});
    } else if (one.has("seat") || one.text("capacity") == "chair") {
      members.rows.push_back(
          {{plain(one.has("seat") ? category : "Chair")}, cell("who"), cell("party"), cell("capacity"), cell("mode")});
    } else {
      others.rows.push_back({cell("party"), cell("who"), cell("capacity"), cell("mode")});
    }
  }
  out.heading(2, "Attendance");
  for (auto* table : {&members, &others, &away}) {
    std::stable_sort(table->rows.begin(), table->rows.end(),
                     [](const auto& a, const auto& b) { return a[0][0].text < b[0][0].text; });
    if (!table->rows.empty()) out.table(std::move(*table));
  }
  const auto& quorum = from.quorum;
  out.paragraph({document::strong(quorum.met() ? "Quorate" : "Not quorate"),
                 plain(": " + std::to_string(quorum.present) + " of " + std::to_string(quorum.seats) +
                       " seats were there, " + std::to_string(quorum.needed) + " are needed.")});
  if (!quorum.absent.empty())
    out.paragraph({document::strong("Categories without anybody: "), plain(listed(from, quorum.absent) + ".")});
}

void actions(document::Document& out, const Sources& from, PartIn part, const std::string& caption) {
  document::Table table{caption, {"Action", "Owner", "What", "Update", "Status"}, {}};
  for (const auto& one : from.actions) {
    if (one.part != part) continue;
    table.rows.push_back({{figure(one.reference, {"action", one.reference})},
                          {plain(one.owner)},
                          linked(one.text),
                          linked(one.update),
                          {plain(one.status)}});
  }
  out.heading(2, caption);
  if (table.rows.empty()) {
    out.paragraph({plain("None.")});
  } else {
    out.table(std::move(table));
  }
}

bool about(const Record& record, const Record& item) {
  return record.has("subject") && record.text("subject") == item.text("subject");
}

/// "recommend refinement" behind the word RECOMMENDED is "refinement".
std::string as_said(const Record& decision) {
  constexpr std::string_view kRecommend = "recommend ";
  const auto& type = decision.text("type");
  return type.starts_with(kRecommend) ? type.substr(kRecommend.size()) : type;
}

Inline brought_back(const Sources& from, const std::string& meeting) {
  const auto held = from.meetings.find(meeting);
  return {plain("Brought back at "), figure(meeting, {"meeting", meeting}),
          plain(held == from.meetings.end() ? "." : ", " + held->second + ".")};
}

/// An item with what was said of it, in the order of the records.
void item(document::Document& out, const Sources& from, const Record& one) {
  out.heading(3, one.text("position") + ". " + one.text("title"));
  if (one.has("minute")) out.prose(one.text("minute"));
  std::vector<Inline> said;
  for (const auto& statement : from.statements) {
    if (!about(statement, one)) continue;
    Inline line{document::strong(statement.text("speaker") +
                                 (statement.boolean("dissent").value_or(false) ? " (dissent): " : ": "))};
    for (auto& span : linked(statement.text("text"))) line.push_back(std::move(span));
    said.push_back(std::move(line));
  }
  if (!said.empty()) out.bullets(std::move(said));
  for (const auto& decision : from.decisions) {
    if (!about(decision, one)) continue;
    Inline line{plain("The " + decision.text("committee") + " "), document::strong(decision.text("word")),
                plain(": " + as_said(decision))};
    if (decision.has("text"))
      for (auto& span : linked(", " + decision.text("text"))) line.push_back(std::move(span));
    if (decision.has("stage_after")) line.push_back(plain(". Next stage: " + decision.text("stage_after") + "."));
    out.paragraph(std::move(line));
    if (decision.has("bring_back")) out.paragraph(brought_back(from, decision.text("bring_back")));
  }
  if (one.has("parked_to")) out.paragraph(brought_back(from, one.text("parked_to")));
}

json list_of(const std::vector<Record>& records, std::initializer_list<const char*> fields) {
  json out = json::array();
  for (const auto& record : records) {
    json one = {{"reference", record.reference}, {"state", record.state}};
    for (const auto* field : fields) one[field] = record.has(field) ? json(record.text(field)) : json(nullptr);
    out.push_back(std::move(one));
  }
  return out;
}

json as_json(const Sources& from, const document::Document& out) {
  const auto length = minutes_of(from.meeting);
  json actions = json::array();
  for (const auto& one : from.actions)
    actions.push_back({{"reference", one.reference},
                       {"owner", one.owner},
                       {"text", one.text},
                       {"update", one.update},
                       {"status", one.status},
                       {"new", one.part == PartIn::New}});
  const auto& quorum = from.quorum;
  return {{"meeting", from.meeting.reference},
          {"state", from.meeting.state},
          {"class", to_string(out.level)},
          {"duration_minutes", length ? json(*length) : json(nullptr)},
          {"quorum",
           {{"seats", quorum.seats},
            {"needed", quorum.needed},
            {"present", quorum.present},
            {"met", quorum.met()},
            {"absent_categories", quorum.absent},
            {"rule", quorum.rule}}},
          {"attendance", list_of(from.attendance, {"who", "party", "capacity", "mode", "category", "seat"})},
          {"agenda", list_of(from.items, {"position", "title", "subject", "from", "parked_to"})},
          {"decisions", list_of(from.decisions, {"subject", "type", "word", "stage_before", "stage_after"})},
          {"statements", list_of(from.statements, {"speaker", "party", "subject", "dissent"})},
          {"actions", actions}};
}

}  // namespace

Result<View> minutes(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked) {
  document::Document out;
  METERWAY_TRY(const auto from, read_sources(reader, rules, asked.reference, out));
  const auto& meeting = from.meeting;
  out.title = meeting.text("committee") + " meeting " + meeting.text("number") + ": " +
              (meeting.state == "final" ? "final minutes" : "draft minutes");
  head(out, meeting);
  people(out, from);
  actions(out, from, PartIn::Outstanding, "Actions outstanding");
  if (!from.items.empty()) out.heading(2, "Items");
  for (const auto& one : from.items) item(out, from, one);
  actions(out, from, PartIn::New, "New actions");
  out.heading(2, "Next meeting");
  if (meeting.has("next_meeting")) {
    const auto next = reader.find("meeting", meeting.text("next_meeting"));
    out.paragraph({figure(meeting.text("next_meeting"), {"meeting", meeting.text("next_meeting")}),
                   plain(next ? ", " + calendar::in_words(*next->date("held")) + "." : ".")});
  } else {
    out.paragraph({plain("Not recorded.")});
  }
  auto text = as_json(from, out).dump();
  return View{std::move(out), std::move(text)};
}

Result<View> agenda(const ledger::Reader& reader, const rules::Rules&, const Asked& asked) {
  document::Document out;
  METERWAY_TRY(const auto meeting, reader.find("meeting", asked.reference));
  raise(out, meeting.level);
  METERWAY_TRY(auto items, all(reader, {"agenda", {{"meeting", meeting.reference}}}, &out));
  by_position(items);
  out.title = meeting.text("committee") + " meeting " + meeting.text("number") + ": agenda";
  head(out, meeting);
  document::Table table{"Agenda", {"Item", "What", "Brought back from"}, {}};
  for (const auto& one : items) {
    Inline from;
    if (const auto before = one.has("from") ? reader.find("agenda", one.text("from")) : fail(ErrorCode::NotFound))
      from.push_back(figure(before->text("meeting"), {"meeting", before->text("meeting")}));
    table.rows.push_back({{plain(one.text("position"))}, linked(one.text("title")), std::move(from)});
  }
  out.table(std::move(table));
  const json body = {{"meeting", meeting.reference},
                     {"held", meeting.text("held")},
                     {"class", to_string(out.level)},
                     {"agenda", list_of(items, {"position", "title", "subject", "from", "parked_to"})}};
  return View{std::move(out), body.dump()};
}

}  // namespace meterway::governance
