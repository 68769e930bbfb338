#include "oversight/governance/functions.h"

/// Actions: what was said of them, their evidence, and whether somebody says that it is wrong.
namespace meterway::governance {
namespace {

bool is_so(const Record& record, std::string_view field) { return record.boolean(field).value_or(false); }

Status keep_the_update(Change& change, const Record&, Record& after) {
  const auto day = after.date("update_on").value_or(change.today());
  const bool may = change.actor().has_role("secretary") || change.actor().has_role("operator");
  if (day > change.today() || (day != change.today() && !may))
    return change.refuse(
        ErrorCode::BadValue, "the day of an update is today",
        {{"update_on", day > change.today() ? "that day has not come" : "is the secretariat's to say"}});
  after.set("update_on", ledger::Value());  // it stands before the update
  auto updates = after.list("updates");
  updates.push_back(calendar::to_text(day) + " " + change.actor().party + ": " + after.text("update"));
  after.set("updates", std::move(updates));
  return {};
}

Result<Reasons> evidence_is_there(Change&, const Record& before, const Record&) {
  if (before.has("evidence") || before.has("evidence_file")) return Reasons();
  return Reasons{"there is no evidence that could be disputed"};
}

Status is_disputed(Change&, const Record&, Record& after) {
  after.set("disputed", "true");
  after.set("settlement", ledger::Value());
  return {};
}

Status is_settled(Change& change, const Record& before, Record& after) {
  if (!is_so(before, "disputed")) return change.refuse(ErrorCode::Conflict, before.reference + " is not disputed");
  after.set("disputed", "false");
  return {};
}

Result<Reasons> evidence_is_not_disputed(Change&, const Record& before, const Record&) {
  if (!is_so(before, "disputed")) return Reasons();
  return Reasons{"its evidence is disputed by " + before.text("disputed_by") + ": " + before.text("dispute")};
}

Result<Reasons> decision_is_of_its_committee(Change& change, const Record& before, const Record& after) {
  if (!after.has("decision")) return Reasons();
  METERWAY_TRY(const auto decision, referred(change, "decision", after.text("decision")));
  if (decision.text("committee") == before.text("committee")) return Reasons();
  return Reasons{decision.reference + " is a decision of " + decision.text("committee") + ", and " + before.reference +
                 " was asked by " + before.text("committee")};
}

constexpr ledger::Named kFunctions[] = {
    {"keep_the_update", nullptr, keep_the_update},
    {"evidence_is_there", evidence_is_there, nullptr},
    {"is_disputed", nullptr, is_disputed},
    {"is_settled", nullptr, is_settled},
    {"decision_is_of_its_committee", decision_is_of_its_committee, nullptr},
    {"evidence_is_not_disputed", evidence_is_not_disputed, nullptr},
};

}  // namespace

std::span<const ledger::Named> functions_of_actions() { return kFunctions; }

}  // namespace meterway::governance
