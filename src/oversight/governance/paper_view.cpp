#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "oversight/governance/live_figures.h"
#include "oversight/governance/view.h"

/// A paper as the meeting gets it, with its recommendations and, for a report to the Panel, a section a committee.
namespace meterway::governance {
namespace {

using document::figure;
using document::Inline;
using document::linked;
using document::plain;
using ledger::Record;
using nlohmann::json;

struct Line {
  std::string committee, type, reference, text;
};

Line read_line(std::string_view frozen) {
  Line out;
  for (auto* part : {&out.committee, &out.type, &out.reference}) {
    const auto tab = frozen.find('\t');
    *part = std::string(frozen.substr(0, tab));
    frozen.remove_prefix(tab == std::string_view::npos ? frozen.size() : tab + 1);
  }
  out.text = std::string(frozen);
  return out;
}

/// As they were frozen; before publication as they are.
Result<std::vector<Line>> lines_of(const ledger::Reader& reader, const Record& paper, document::Document& out) {
  std::vector<Line> lines;
  if (paper.state != "draft") {
    for (const auto& frozen : paper.list("frozen")) lines.push_back(read_line(frozen));
  } else if (paper.has("assembles")) {
    METERWAY_TRY(const auto highlights,
                 all(reader, {"highlight", {{"month", paper.text("assembles")}, {"state", "noted"}}}, &out));
    for (const auto& one : highlights)
      lines.push_back({one.text("committee"), one.text("type"), one.reference, one.text("text")});
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.committee < b.committee; });
  return lines;
}

/// The text with its figures, each leading to the record that it came from.
Inline with_figures(const ledger::Reader& reader, const Line& line, document::Document& out, json& figures) {
  Inline spans;
  std::size_t from = 0;
  const auto add = [&](std::string_view text) {
    for (auto& span : linked(text)) spans.push_back(std::move(span));
  };
  for (const auto& one : figures_in(line.text).figures) {
    add(std::string_view(line.text).substr(from, one.at - from));
    from = one.at + one.size;
    auto value = one.frozen;
    if (value.empty()) {
      const auto record = reader.find(one.target.kind, one.target.reference);
      if (record) {
        raise(out, std::max(record->level, ledger::find_kind(record->kind)->field(one.field)->least_class));
        for (const auto& item : record->list(one.field)) value += (value.empty() ? "" : ", ") + item;
      }
    }
    if (value.empty()) value = std::string(kNotRecorded);
    figures.push_back({{"in", line.reference},
                       {"kind", one.target.kind},
                       {"reference", one.target.reference},
                       {"field", one.field},
                       {"value", value},
                       {"frozen", !one.frozen.empty()}});
    spans.push_back(figure(value, one.target));
  }
  add(std::string_view(line.text).substr(from));
  return spans;
}

}  // namespace

Result<View> paper(const ledger::Reader& reader, const rules::Rules&, const Asked& asked) {
  document::Document out;
  METERWAY_TRY(const auto record, reader.find("paper", asked.reference));
  raise(out, record.level);
  METERWAY_TRY(const auto asks, all(reader, {"recommendation", {{"paper", record.reference}}}, &out));
  METERWAY_TRY(const auto lines, lines_of(reader, record, out));
  out.title = record.text("title");
  out.reference = record.reference;
  out.about = {{"Paper", record.reference},
               {"Meeting", record.text("number") + ", " + calendar::in_words(*record.date("held"))},
               {"Item", record.text("item")},
               {"For", record.text("decision_type")},
               {"Author", record.has("author") ? record.text("author") : "not signed off"},
               {"Date", record.date("dated") ? calendar::in_words(*record.date("dated")) : "not signed off"},
               {"Status", record.state}};
  if (record.has("text")) out.prose(record.text("text"));
  json figures = json::array(), recommendations = json::array(), attachments = json::array();
  std::string committee;
  for (const auto& line : lines) {
    if (line.committee != committee) {
      const auto known = reader.find("committee", line.committee);
      out.heading(2, known ? known->text("name") : line.committee);
    }
    committee = line.committee;
    Inline text;
    if (line.type != "highlight") text.push_back(document::strong(line.type + ": "));
    for (auto& span : with_figures(reader, line, out, figures)) text.push_back(std::move(span));
    out.paragraph(std::move(text));
  }
  if (!asks.empty()) {
    out.heading(2, "Recommendations");
    document::Table table{"The meeting is asked to", {"", "What", "Outcome"}, {}};
    for (const auto& one : asks) {
      const auto outcome = one.has("outcome") ? one.text("outcome") : std::string(kNotRecorded);
      table.rows.push_back({{document::strong(one.text("ask"))}, linked(one.text("text")), linked(outcome)});
      recommendations.push_back(
          {{"reference", one.reference}, {"ask", one.text("ask")}, {"outcome", one.text("outcome")}});
    }
    out.table(std::move(table));
  }
  if (!record.attachments.empty()) {
    out.heading(2, "Attachments");
    document::Table table{"", {"Title", "Class"}, {}};
    for (const auto& file : record.attachments) {
      table.rows.push_back({{plain(file.title)}, {plain(std::string(to_string(file.level)))}});
      attachments.push_back({{"title", file.title}, {"class", to_string(file.level)}});
    }
    out.table(std::move(table));
  }
  const json body = {{"paper", record.reference},
                     {"meeting", *record.integer("number")},
                     {"held", record.text("held")},
                     {"item", *record.integer("item")},
                     {"decision_type", record.text("decision_type")},
                     {"state", record.state},
                     {"class", to_string(out.level)},
                     {"figures", figures},
                     {"recommendations", recommendations},
                     {"attachments", attachments}};
  return View{std::move(out), body.dump()};
}

}  // namespace meterway::governance
