#include <algorithm>

#include "oversight/governance/functions.h"
#include "oversight/governance/live_figures.h"

/// Papers: what they ask for and what came of it; the report to the Panel that is put together from highlights.
namespace meterway::governance {
namespace {

Result<Reasons> paper_is_not_closed(Change& change, const Record&, const Record& after) {
  METERWAY_TRY(const auto paper, referred(change, "paper", after.text("paper")));
  if (paper.state != "closed") return Reasons();
  return Reasons{paper.reference + " is closed"};
}

Result<Reasons> recommendations_have_outcomes(Change& change, const Record& before, const Record&) {
  METERWAY_TRY(const auto all, change.select({"recommendation", {{"paper", before.reference}}}));
  Reasons out;
  for (const auto& one : all) {
    if (one.state != "decided") out.push_back(one.reference + " (" + one.text("ask") + ") has no outcome");
  }
  return out;
}

/// A figure with what whoever reads it needs.
struct Value {
  std::string text;
  ledger::Classification level = ledger::Classification::White;
  bool named = false;  ///< only those whom its record names may read it
};
Result<Value> value_of(Change& change, const LiveFigure& figure, Reasons& wrong) {
  METERWAY_TRY(const auto record, change.find(figure.target.kind, figure.target.reference));
  if (!record) {
    wrong.push_back("there is no " + figure.target.kind + " " + figure.target.reference);
    return Value{std::string(kNotRecorded), {}, false};
  }
  const auto* field = ledger::find_kind(record->kind)->field(figure.field);
  std::string text;
  for (const auto& item : record->list(figure.field)) text += (text.empty() ? "" : ", ") + item;
  if (text.empty()) text = kNotRecorded;
  const bool breaks = text.find("]]") != std::string::npos || text.find('\n') != std::string::npos;
  if (breaks) wrong.push_back(figure.target.reference + "." + figure.field + " is no figure");
  const bool named = record->level >= ledger::Classification::Amber && record->has("audience");
  return Value{text, std::max(record->level, field->least_class), named};
}

Result<Reasons> figures_are_there(Change& change, const Record&, const Record& after) {
  const auto found = figures_in(after.text("text"));
  auto out = found.wrong;
  for (const auto& figure : found.figures) {
    METERWAY_TRY(const auto value, value_of(change, figure, out));
    static_cast<void>(value);
  }
  return out;
}

Result<std::vector<Record>> highlights_of(Change& change, const Record& paper) {
  if (!paper.has("assembles")) return std::vector<Record>();
  return change.select({"highlight", {{"month", paper.text("assembles")}, {"state", "noted"}}});
}

/// What is frozen into a paper is read by all who read the paper.
Result<Reasons> sources_are_of_its_class(Change& change, const Record&, const Record& after) {
  Reasons out;
  METERWAY_TRY(const auto highlights, highlights_of(change, after));
  for (const auto& one : highlights) {
    auto level = one.level;
    bool named = one.level >= ledger::Classification::Amber && one.has("audience");
    const auto found = figures_in(one.text("text"));
    out.insert(out.end(), found.wrong.begin(), found.wrong.end());
    for (const auto& typed : typed_figures(one.text("text")))
      out.push_back(one.reference + " has " + typed +
                    " typed into it: [[kind:reference.field]] says where a figure is from");
    for (const auto& figure : found.figures) {
      METERWAY_TRY(const auto value, value_of(change, figure, out));
      level = std::max(level, value.level);
      named = named || value.named;
    }
    if (named) out.push_back(one.reference + " holds what only those who are named may read");
    if (level > after.level)
      out.push_back(one.reference + " holds what is " + std::string(to_string(level)) + ", and the paper is " +
                    std::string(to_string(after.level)));
  }
  return out;
}

/// One line a highlight: committee, type, its reference, and the text with values; between them tabs.
Status freeze(Change& change, const Record&, Record& after) {
  METERWAY_TRY(const auto highlights, highlights_of(change, after));
  ledger::Value frozen;
  for (const auto& one : highlights) {
    Reasons wrong;
    std::vector<std::string> values;
    for (const auto& figure : figures_in(one.text("text")).figures) {
      METERWAY_TRY(const auto value, value_of(change, figure, wrong));
      values.push_back(value.text);
    }
    frozen.push_back(one.text("committee") + "\t" + one.text("type") + "\t" + one.reference + "\t" +
                     frozen_text(one.text("text"), values));
  }
  after.set("frozen", std::move(frozen));
  return {};
}

constexpr ledger::Named kFunctions[] = {
    {"paper_is_not_closed", paper_is_not_closed, nullptr},
    {"recommendations_have_outcomes", recommendations_have_outcomes, nullptr},
    {"figures_are_there", figures_are_there, nullptr},
    {"sources_are_of_its_class", sources_are_of_its_class, nullptr},
    {"freeze", nullptr, freeze},
};

}  // namespace

std::span<const ledger::Named> functions_of_papers() { return kFunctions; }

}  // namespace meterway::governance
