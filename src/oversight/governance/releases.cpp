#include <algorithm>

#include "oversight/governance/functions.h"

/// Releases: scope, deployment, Live Service Criteria; environments and their defects.
namespace meterway::governance {
namespace {

bool holds(const ledger::Value& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

Result<Reasons> scope_is_deployed(Change&, const Record& before, const Record& after) {
  Reasons out;
  const auto& scope = before.list("scope");
  const auto& deployed = after.list("deployed");
  for (const auto& item : deployed) {
    if (!holds(scope, item)) out.push_back(item + " is deployed and not in scope");
  }
  for (const auto& item : scope) {
    if (!holds(deployed, item)) out.push_back(item + " is in scope and not deployed");
  }
  return out;
}

Result<Reasons> scope_change_is_possible(Change& change, const Record&, const Record& after) {
  METERWAY_TRY(const auto release, referred(change, "release", after.text("release")));
  Reasons out;
  if (release.state != "planned" && release.state != "agreed")
    out.push_back(release.reference + " is " + release.state);
  if (!after.has("add") && !after.has("remove")) out.push_back("nothing comes in and nothing goes out");
  for (const auto& item : after.list("add")) {
    if (holds(release.list("scope"), item)) out.push_back(item + " is in scope already");
  }
  for (const auto& item : after.list("remove")) {
    if (!holds(release.list("scope"), item)) out.push_back(item + " is not in scope");
  }
  return out;
}

Status change_the_scope(Change& change, const Record& before, Record& after) {
  if (before.list("add") != after.list("add") || before.list("remove") != after.list("remove") ||
      before.text("release") != after.text("release"))
    return change.refuse(ErrorCode::Conflict, "what is agreed is what was proposed");
  METERWAY_TRY(const auto decision, referred(change, "decision", after.text("decision")));
  if (decision.text("word") == "REJECTED")
    return change.refuse(ErrorCode::Conflict, decision.reference + " rejects, and agrees to nothing");
  METERWAY_TRY(const auto release, referred(change, "release", after.text("release")));
  auto scope = release.list("scope");
  for (const auto& item : after.list("remove")) std::erase(scope, item);
  for (const auto& item : after.list("add")) scope.push_back(item);
  Draft draft;
  draft.fields["scope"] = std::move(scope);
  draft.why = after.reference + ": " + after.text("reason").substr(0, 500);
  METERWAY_TRY(const auto changed, change.change("release", release.reference, std::nullopt, draft));
  static_cast<void>(changed);
  return {};
}

Result<Reasons> criteria_are_met(Change& change, const Record& before, const Record&) {
  METERWAY_TRY(const auto criteria, change.select({"criterion", {{"release", before.reference}}}));
  Reasons out;
  for (const auto& one : criteria) {
    if (!one.boolean("mandatory").value_or(true) || one.state == "accepted" || one.state == "waived") continue;
    out.push_back(one.reference + " (" + one.text("text") + ") is " + one.state);
  }
  if (criteria.empty()) out.push_back("there are no Live Service Criteria for it");
  return out;
}

Result<Reasons> decision_to_go_live(Change& change, const Record& before, const Record& after) {
  METERWAY_TRY(const auto decision, referred(change, "decision", after.text("decision")));
  const auto subject = ledger::read_target(decision.text("subject"));
  Reasons out;
  if (decision.text("type") != "go live" || !subject || subject->reference != before.reference)
    out.push_back(decision.reference + " is no decision that " + before.reference + " goes live");
  if (after.date("live_on") && *after.date("live_on") < *decision.date("on"))
    out.push_back("live_on: before it was decided");
  return out;
}

std::string line_of(const Record& defect) {
  return defect.reference + ", severity " + defect.text("severity") + ": " + defect.text("title").substr(0, 900);
}

/// The environment lists its open defects with this one, or without it. One of a higher class is not told there.
Status list_defect(Change& change, const Record& defect, bool open) {
  METERWAY_TRY(const auto environment, referred(change, "environment", defect.text("environment")));
  auto lines = environment.list("open_defects");
  std::erase_if(lines, [&](const std::string& line) { return line.starts_with(defect.reference + ","); });
  if (open && may_stand_in(defect, environment)) lines.push_back(line_of(defect));
  Draft draft;
  draft.fields["open_defects"] = std::move(lines);
  draft.why = defect.reference + " is " + defect.state;
  METERWAY_TRY(const auto changed, change.change("environment", environment.reference, std::nullopt, draft));
  static_cast<void>(changed);
  return {};
}

Status defect_is_open(Change& change, const Record&, Record& after) { return list_defect(change, after, true); }
Status defect_is_closed(Change& change, const Record&, Record& after) { return list_defect(change, after, false); }

constexpr ledger::Named kFunctions[] = {
    {"scope_is_deployed", scope_is_deployed, nullptr},
    {"scope_change_is_possible", scope_change_is_possible, nullptr},
    {"change_the_scope", nullptr, change_the_scope},
    {"criteria_are_met", criteria_are_met, nullptr},
    {"decision_to_go_live", decision_to_go_live, nullptr},
    {"defect_is_open", nullptr, defect_is_open},
    {"defect_is_closed", nullptr, defect_is_closed},
};

}  // namespace

std::span<const ledger::Named> functions_of_releases() { return kFunctions; }

}  // namespace meterway::governance
