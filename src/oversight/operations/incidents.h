#pragma once
#include "oversight/operations/books.h"

/// Incidents: the category by rule from recorded answers, communications, Major Incidents and their reports.
/// Seed A17, A20, A32 to A35.
namespace meterway::operations {

struct Proposed {
  std::string category;
  std::string rationale;
};
/// The first row of spec/incident_categories.tsv whose conditions the answers meet.
Proposed propose_category(const Record& incident);
/// All answers in the order of the questions: incidents are alike when these are equal.
std::string answers_of(const Record& incident);

using Reasons = std::vector<std::string>;
Result<Reasons> incident_times_can_be(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> answers_can_be(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> override_has_reason(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> incident_is_category_1(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> incident_has_no_loose_end(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> challenger_is_affected(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> communication_is_complete(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> incident_is_major(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> no_comment_is_open(ledger::Change& change, const Record& before, const Record& after);
/// On neither of the two reports of the incident.
Result<Reasons> no_comment_is_open_on_either(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> review_keeps_its_incident(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> review_takes_comments(ledger::Change& change, const Record& before, const Record& after);
Status categorise_incident(ledger::Change& change, const Record& before, Record& after);
Status resolve_incident(ledger::Change& change, const Record& before, Record& after);
Status reopen_incident(ledger::Change& change, const Record& before, Record& after);
Status declare_major(ledger::Change& change, const Record& before, Record& after);
Status take_challenged_category(ledger::Change& change, const Record& before, Record& after);
Status send_communication(ledger::Change& change, const Record& before, Record& after);
Status publish_review(ledger::Change& change, const Record& before, Record& after);

}  // namespace meterway::operations
