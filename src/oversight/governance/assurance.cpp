#include "oversight/governance/assurance_status.h"
#include "oversight/governance/functions.h"
#include "records/registry/live_gate.h"

/// Security and privacy assurance: statuses, findings, Director's letters, and the gate on live access that they close.
namespace meterway::governance {
namespace {

Result<Reasons> status_is_known(Change&, const Record&, const Record& after) {
  if (read_status(after.text("scheme"), after.text("status"), *after.date("status_on")) != nullptr) return Reasons();
  std::string names;
  for (const auto& row : all_assurance_statuses()) {
    if (row.scheme == after.text("scheme") && row.from <= *after.date("status_on") && *after.date("status_on") < row.to)
      names += (names.empty() ? "" : "; ") + std::string(row.name);
  }
  return Reasons{"on " + calendar::in_words(*after.date("status_on")) + " a status is one of: " + names};
}

using registry::LiveGate;

/// What an assessment is of; none when it names no role.
Result<std::optional<LiveGate>> gate_of(Change& change, const Record& assessment) {
  const auto role = parse_user_role(assessment.text("role"));
  if (!role) return std::optional<LiveGate>();
  LiveGate gate{assessment.text("party"), *role, std::nullopt};
  if (!assessment.has("user")) return std::optional(std::move(gate));
  const auto user = Eui64::parse(assessment.text("user"));
  if (!user) return change.refuse(ErrorCode::BadValue, "the User cannot be", {{"user", "expected an EUI-64"}});
  gate.user = *user;
  return std::optional(std::move(gate));
}

/// Only who passes goes live; with a status that does not, the role stays closed until another is set.
Status set_the_status(Change& change, const Record&, Record& after) {
  const auto& status = *read_status(after.text("scheme"), after.text("status"), *after.date("status_on"));
  after.set("status", std::string(status.name));
  after.set("status_code", std::string(status.code));
  METERWAY_TRY(const auto gate, gate_of(change, after));
  if (!gate) return {};
  if (status.passes) return registry::open_live_access(change.registry(), *gate, after.reference);
  return registry::close_live_access(change.registry(), *gate, after.reference);
}

/// What may breach the code comes to the Panel at once; the detail stays Red.
Status tell_the_panel(Change& change, const Record&, Record& after) {
  if (after.text("severity") == "compliant") return {};
  Draft draft;
  const std::string grave = after.text("severity") == "potential" ? "A potential non-compliance" : "A non-compliance";
  draft.fields["on"] = {calendar::to_text(change.today())};
  METERWAY_TRY(const auto assessment, referred(change, "assessment", after.text("assessment")));
  draft.fields["text"] = {grave + " with " + after.text("obligation") + " has been found by a " +
                          assessment.text("scheme") + " assessment"};
  draft.fields["obligation"] = {after.text("obligation")};
  // What only those who are named may read stays where they read it.
  if (!after.has("audience")) draft.fields["detail"] = {after.text("detail")};
  METERWAY_TRY(const auto notice, change.create("panel_notice", draft));
  after.set("notice", notice.reference);
  return {};
}

Status letter_of_the_party(Change& change, const Record&, Record& after) {
  METERWAY_TRY(const auto assessment, referred(change, "assessment", after.text("assessment")));
  after.set("party", assessment.text("party"));
  raise_to(after, assessment);
  return {};
}

Result<std::optional<LiveGate>> gate_of_letter(Change& change, const Record& letter) {
  METERWAY_TRY(const auto assessment, referred(change, "assessment", letter.text("assessment")));
  return gate_of(change, assessment);
}

Result<Reasons> letter_names_a_role(Change& change, const Record&, const Record& after) {
  METERWAY_TRY(const auto gate, gate_of_letter(change, after));
  if (gate) return Reasons();
  return Reasons{"its assessment names no role whose live access could wait for the steps"};
}

Status close_live_access(Change& change, const Record&, Record& after) {
  METERWAY_TRY(const auto gate, gate_of_letter(change, after));
  return registry::close_live_access(change.registry(), *gate, after.reference);
}

Status open_live_access(Change& change, const Record&, Record& after) {
  METERWAY_TRY(const auto gate, gate_of_letter(change, after));
  return registry::open_live_access(change.registry(), *gate, after.reference);
}

Result<Reasons> direction_still_holds(Change&, const Record& before, const Record& after) {
  if (*after.date("executed_on") <= *before.date("expires")) return Reasons();
  return Reasons{"it expired on " + calendar::in_words(*before.date("expires"))};
}

constexpr ledger::Named kFunctions[] = {
    {"status_is_known", status_is_known, nullptr},         {"set_the_status", nullptr, set_the_status},
    {"tell_the_panel", nullptr, tell_the_panel},           {"letter_of_the_party", nullptr, letter_of_the_party},
    {"letter_names_a_role", letter_names_a_role, nullptr}, {"close_live_access", nullptr, close_live_access},
    {"open_live_access", nullptr, open_live_access},       {"direction_still_holds", direction_still_holds, nullptr},
};

}  // namespace

std::span<const ledger::Named> functions_of_assurance() { return kFunctions; }

}  // namespace meterway::governance
