#include <cstdlib>

#include "oversight/governance/functions.h"
#include "standard/calendar/working_days.h"

/// Stages of proposals (governance.md 3), and the clocks of assessments.
namespace meterway::governance {
namespace {

constexpr std::string_view kThePanel = "SEC Panel";

/// Stages move by decisions alone. Nobody but a decision can name itself as the last one.
Result<Reasons> by_decision(Change&, const Record& before, const Record& after) {
  if (after.text("last_decision") != before.text("last_decision")) return Reasons();
  return Reasons{"this is moved by a decision: make one of that type"};
}

Result<Reasons> rationale_given(Change&, const Record&, const Record& after) {
  if (!after.boolean("aligns_to_practice").value_or(false) || after.has("rationale")) return Reasons();
  return Reasons{"it aligns the code to practice: the rationale for that is missing"};
}

Result<Reasons> funding_said(Change&, const Record&, const Record& after) {
  if (!after.boolean("fixes_non_compliance").value_or(false)) return Reasons();
  Reasons out;
  if (!after.has("non_compliant") || !after.has("non_compliant_with"))
    out.push_back("it mends a non-compliance: of whom, and with what, is missing");
  if (!after.has("funding_statement")) out.push_back("it mends a non-compliance: the funding statement is missing");
  return out;
}

Result<Reasons> is_fast_track(Change&, const Record&, const Record& after) {
  Reasons out;
  if (!after.boolean("fast_track").value_or(false)) out.push_back("it is not on the fast track");
  if (after.text("proposer") != kThePanel) out.push_back("only the SEC Panel raises what goes on the fast track");
  return out;
}

Result<Reasons> is_under_way(Change&, const Record& before, const Record&) {
  return has_ended(before) ? Reasons{"it is " + before.state + " already"} : Reasons();
}

Result<Reasons> nothing_is_waiting(Change& change, const Record& before, const Record&) {
  METERWAY_TRY(const auto waiting,
               change.select({"dcc_assessment", {{"proposal", before.reference}, {"state", "waiting"}}}));
  Reasons out;
  for (const auto& one : waiting)
    out.push_back(one.reference + ", the " + one.text("type") + " assessment, is awaited");
  return out;
}

Status becomes_a_modification(Change&, const Record&, Record& after) {
  if (after.reference.starts_with("DP")) after.set("modification", "MP" + after.reference.substr(2));
  return {};
}

Status impact_in_one_line(Change&, const Record&, Record& after) {
  after.set("impact", "DCC Systems impact: " + std::string(*after.boolean("dcc_systems") ? "yes" : "none") +
                          ", stated by " + after.text("impact_by") + ", " +
                          calendar::in_words(*after.date("impact_on")));
  return {};
}

Status keep_the_stage(Change&, const Record& before, Record& after) {
  if (before.state != "on hold") after.set("stage_before", before.state);
  return {};
}

Status back_to_the_stage(Change&, const Record& before, Record& after) {
  after.state = before.text("stage_before");
  return {};
}

/// A day other than today is for the secretariat, which enters what has been.
Result<ledger::Date> day_said(Change& change, const Record& after, std::string_view field) {
  const auto said = after.date(field);
  if (!said) return change.today();
  const bool may = change.actor().has_role("secretary") || change.actor().has_role("operator");
  if (*said != change.today() && !may)
    return change.refuse(ErrorCode::BadValue, "the day is today",
                         {{std::string(field), "is the secretariat's to say"}});
  return *said;
}

Status begin_adoption_window(Change& change, const Record& before, Record& after) {
  METERWAY_TRY(const auto day, day_said(change, after, "withdrawn_on"));
  METERWAY_TRY(const auto until, day_after(change, "proposal.adoption_window", day));
  after.set("withdrawn_on", calendar::to_text(day));
  after.set("adoption_until", calendar::to_text(until));
  return keep_the_stage(change, before, after);
}

Result<Reasons> within_adoption_window(Change& change, const Record& before, const Record& after) {
  METERWAY_TRY(const auto day, day_said(change, after, "adopted_on"));
  Reasons out;
  if (day > *before.date("adoption_until"))
    out.push_back("it could be adopted until " + calendar::in_words(*before.date("adoption_until")));
  if (day < *before.date("withdrawn_on")) out.push_back("it had not been withdrawn then");
  if (after.text("adopted_by") == before.text("proposer")) out.push_back("another Party adopts it");
  const auto& actor = change.actor();
  if (!actor.has_role("secretary") && !actor.has_role("operator") && actor.party != after.text("adopted_by"))
    out.push_back("a Party adopts it for itself");
  return out;
}

Status adopt(Change& change, const Record& before, Record& after) {
  METERWAY_TRY(const auto day, day_said(change, after, "adopted_on"));
  after.set("adopted_on", calendar::to_text(day));
  after.set("proposer", after.text("adopted_by"));
  return back_to_the_stage(change, before, after);
}

Result<Reasons> appeal_window_is_over(Change& change, const Record& before, const Record&) {
  METERWAY_TRY(const auto until, day_after(change, "proposal.appeal_window", *before.date("decided_on")));
  if (change.today() > until) return Reasons();
  return Reasons{"it can be appealed against until " + calendar::in_words(until)};
}

Result<Reasons> assessment_can_be_asked(Change& change, const Record&, const Record& after) {
  Reasons out;
  if (*after.date("asked") > change.today()) out.push_back("asked: that day has not come");
  METERWAY_TRY(const auto proposal, referred(change, "proposal", after.text("proposal")));
  if (has_ended(proposal)) out.push_back(proposal.reference + " is " + proposal.state);
  METERWAY_TRY(
      const auto waiting,
      change.select({"dcc_assessment",
                     {{"proposal", after.text("proposal")}, {"type", after.text("type")}, {"state", "waiting"}}}));
  if (!waiting.empty()) out.push_back(waiting.front().reference + " is awaited");
  return out;
}

Status assessment_is_due(Change& change, const Record&, Record& after) {
  const auto rule = "proposal." + after.text("type") + "_assessment";
  METERWAY_TRY(const auto due, day_after(change, rule, *after.date("asked")));
  after.set("due", calendar::to_text(due));
  return {};
}

Result<Reasons> assessment_is_whole(Change& change, const Record& before, const Record& after) {
  Reasons out;
  if (*after.date("returned") < *after.date("asked")) out.push_back("it came before it was asked for");
  if (*after.date("returned") > change.today()) out.push_back("returned: that day has not come");
  for (const auto* field : {"proposal", "type", "asked", "asked_of"}) {
    if (before.list(field) != after.list(field)) out.push_back(std::string(field) + " stays what it was");
  }
  const auto low = after.number("cost_low"), high = after.number("cost_high");
  if (low && *low < 0) out.push_back("a cost is not negative");
  if (low && high && *low > *high) out.push_back("the least cost is more than the most");
  return out;
}

Status assessment_took(Change&, const Record&, Record& after) {
  after.set("days_waited", std::to_string((*after.date("returned") - *after.date("asked")).count()));
  return {};
}

constexpr ledger::Named kFunctions[] = {
    {"by_decision", by_decision, nullptr},
    {"rationale_given", rationale_given, nullptr},
    {"funding_said", funding_said, nullptr},
    {"is_fast_track", is_fast_track, nullptr},
    {"is_under_way", is_under_way, nullptr},
    {"nothing_is_waiting", nothing_is_waiting, nullptr},
    {"becomes_a_modification", nullptr, becomes_a_modification},
    {"impact_in_one_line", nullptr, impact_in_one_line},
    {"keep_the_stage", nullptr, keep_the_stage},
    {"back_to_the_stage", nullptr, back_to_the_stage},
    {"begin_adoption_window", nullptr, begin_adoption_window},
    {"within_adoption_window", within_adoption_window, nullptr},
    {"adopt", nullptr, adopt},
    {"appeal_window_is_over", appeal_window_is_over, nullptr},
    {"assessment_can_be_asked", assessment_can_be_asked, nullptr},
    {"assessment_is_due", nullptr, assessment_is_due},
    {"assessment_is_whole", assessment_is_whole, nullptr},
    {"assessment_took", nullptr, assessment_took},
};

}  // namespace

std::span<const ledger::Named> functions_of_proposals() { return kFunctions; }

}  // namespace meterway::governance
