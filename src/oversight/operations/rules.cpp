#include "oversight/operations/rules.h"

#include "oversight/operations/incidents.h"
#include "oversight/operations/maintenance.h"
#include "oversight/operations/obligations.h"
#include "oversight/operations/table.h"

namespace meterway::operations {
namespace {

/// What was decided, sent or published is not rewritten: whoever was told of it was told this.
Result<Reasons> stays_as_it_is(ledger::Change&, const Record& before, const Record&) {
  return Reasons{before.reference + " is " + before.state + " and stays as it is"};
}

/// A report that was entered by hand; those of an obligation follow from it.
Result<Reasons> report_can_be(ledger::Change&, const Record&, const Record& after) {
  Reasons out;
  const auto to = *after.date("period_to"), due = after.date("due").value_or(to);
  if (to < *after.date("period_from")) out.push_back("period_to: the period ends before it begins");
  if (due < to) out.push_back("due: before the period has ended");
  return out;
}

Result<Reasons> report_keeps_its_period(ledger::Change& change, const Record& before, const Record& after) {
  Reasons out;
  if (!before.has("obligation")) return report_can_be(change, before, after);
  for (const auto* field : {"title", "clause", "owner", "period_from", "period_to", "due"}) {
    if (before.list(field) != after.list(field))
      out.push_back(std::string(field) + ": follows from " + before.text("obligation"));
  }
  return out;
}

Result<Reasons> problem_can_be(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  const auto opened = *after.date("opened"), fixed = after.date("fixed").value_or(opened);
  if (opened > change.today()) out.push_back("opened: that day has not come");
  if (after.has("fixed") && fixed > change.today()) out.push_back("fixed: that day has not come");
  if (fixed < opened) out.push_back("fixed: before it was opened");
  return out;
}

Status reopen_problem(ledger::Change&, const Record&, Record& after) {
  after.set("fixed", ledger::Value());
  return {};
}

Result<Reasons> chase_can_be(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  const auto on = *after.date("on");
  if (on > change.today()) out.push_back("on: that day has not come");
  METERWAY_TRY(const auto incident, change.find("incident", after.text("incident")));
  if (incident && on < calendar::date_of(*incident->instant("raised")))
    out.push_back("on: before " + incident->reference + " was raised");
  return out;
}

/// Of what is counted: a hub that came back, an attempt to install.
Result<Reasons> has_happened(ledger::Change& change, const Record&, const Record& after) {
  const auto day = after.date("returned");
  const auto time = after.instant("at");
  if (day && *day > change.today()) return Reasons{"returned: that day has not come"};
  if (time && *time > change.now()) return Reasons{"at: that time has not come"};
  return Reasons();
}

/// A tally lies within a month, so that no month counts another's, and is no negative number.
Result<Reasons> tally_can_be(ledger::Change&, const Record&, const Record& after) {
  Reasons out;
  const auto from = *after.date("from"), to = *after.date("to");
  if (to < from) out.push_back("it ends before it begins");
  if (to > calendar::last_of_month(from)) out.push_back("it reaches beyond the month in which it begins");
  if (after.integer("value").value_or(0) < 0) out.push_back("value: a count is not negative");
  if (after.text("series").ends_with(".excluded") && !after.has("decision"))
    out.push_back("decision: what is excluded names the derogation that allows it");
  return out;
}

Result<Reasons> interval_can_be(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  const auto& actor = change.actor();
  if (*after.instant("until") <= *after.instant("from")) out.push_back("it ends before it begins, or with it");
  if (*after.instant("from") > change.now()) out.push_back("from: that time has not come");
  const bool for_itself = actor.has_role("operator") || actor.has_role("reporter") || actor.has_role("desk") ||
                          actor.has_role("secretary") || actor.party == after.text("claimant");
  if (!for_itself) out.push_back("claimant: a User claims for itself");
  return out;
}

Result<Reasons> explanation_can_be(ledger::Change& change, const Record&, const Record& after) {
  Reasons out;
  if (find_figure(after.text("figure")) == nullptr) out.push_back("figure: there is no figure " + after.text("figure"));
  if (*after.date("month") != calendar::first_of_month(*after.date("month")))
    out.push_back("month: expected the first day of the month");
  if (*after.date("dated") > change.today()) out.push_back("dated: that day has not come");
  if (*after.date("dated") < *after.date("month")) out.push_back("dated: before the month that it explains");
  return out;
}

constexpr ledger::Named kFunctions[] = {
    {"stays_as_it_is", stays_as_it_is, nullptr},
    {"obligation_can_be", obligation_can_be, nullptr},
    {"raise_instance", nullptr, raise_instance},
    {"receipt_is_not_ahead", receipt_is_not_ahead, nullptr},
    {"judge_receipt", nullptr, judge_receipt},
    {"judge_nil", nullptr, judge_nil},
    {"forget_receipt", nullptr, forget_receipt},
    {"report_keeps_its_period", report_keeps_its_period, nullptr},
    {"report_can_be", report_can_be, nullptr},
    {"problem_can_be", problem_can_be, nullptr},
    {"reopen_problem", nullptr, reopen_problem},
    {"chase_can_be", chase_can_be, nullptr},
    {"has_happened", has_happened, nullptr},
    {"tally_can_be", tally_can_be, nullptr},
    {"interval_can_be", interval_can_be, nullptr},
    {"explanation_can_be", explanation_can_be, nullptr},
    {"incident_times_can_be", incident_times_can_be, nullptr},
    {"answers_can_be", answers_can_be, nullptr},
    {"override_has_reason", override_has_reason, nullptr},
    {"categorise_incident", nullptr, categorise_incident},
    {"resolve_incident", nullptr, resolve_incident},
    {"reopen_incident", nullptr, reopen_incident},
    {"incident_is_category_1", incident_is_category_1, nullptr},
    {"declare_major", nullptr, declare_major},
    {"incident_has_no_loose_end", incident_has_no_loose_end, nullptr},
    {"challenger_is_affected", challenger_is_affected, nullptr},
    {"take_challenged_category", nullptr, take_challenged_category},
    {"communication_is_complete", communication_is_complete, nullptr},
    {"send_communication", nullptr, send_communication},
    {"incident_is_major", incident_is_major, nullptr},
    {"no_comment_is_open_on_either", no_comment_is_open_on_either, nullptr},
    {"review_keeps_its_incident", review_keeps_its_incident, nullptr},
    {"no_comment_is_open", no_comment_is_open, nullptr},
    {"review_takes_comments", review_takes_comments, nullptr},
    {"publish_review", nullptr, publish_review},
    {"window_is_in_order", window_is_in_order, nullptr},
    {"window_is_within_limits", window_is_within_limits, nullptr},
    {"give_notice", nullptr, give_notice},
    {"work_was_done", work_was_done, nullptr},
    {"derogation_can_be", derogation_can_be, nullptr},
    {"decide_derogation", nullptr, decide_derogation},
};

}  // namespace

std::span<const ledger::Named> functions() { return kFunctions; }

}  // namespace meterway::operations
