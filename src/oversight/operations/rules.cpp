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

Result<Reasons> report_keeps_its_period(ledger::Change&, const Record& before, const Record& after) {
  Reasons out;
  if (!before.has("obligation")) return out;
  for (const auto* field : {"title", "clause", "owner", "period_from", "period_to", "due"}) {
    if (before.list(field) != after.list(field))
      out.push_back(std::string(field) + ": follows from " + before.text("obligation"));
  }
  return out;
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
    {"tally_can_be", tally_can_be, nullptr},
    {"interval_can_be", interval_can_be, nullptr},
    {"explanation_can_be", explanation_can_be, nullptr},
    {"incident_times_can_be", incident_times_can_be, nullptr},
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
