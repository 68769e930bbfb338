#include <algorithm>
#include <iterator>

#include "oversight/governance/functions.h"
#include "oversight/governance/quorum.h"

/// Typed decisions. A decision is a record of its own that nobody changes; making it moves what it decides on, in the
/// same change.
namespace meterway::governance {
namespace {

struct DecisionType {
  std::string_view type, word;
  std::string_view by;  ///< codes of the committees that may; empty: any
  bool moves;           ///< a proposal; the action is the type
  bool final;           ///< the proposal is decided
  bool voted;           ///< rests on a ballot
};
constexpr DecisionType kTypes[] = {
    {"ready to convert", "AGREED", "", true, false, false},
    {"further development", "AGREED", "", true, false, false},
    {"recommend refinement", "RECOMMENDED", "", true, false, false},
    {"recommend report phase", "RECOMMENDED", "", true, false, false},
    {"convert", "APPROVED", "PANEL", true, false, false},
    {"refuse conversion", "REJECTED", "PANEL", true, false, false},
    {"fast track", "APPROVED", "PANEL", true, false, false},
    {"further refinement", "AGREED", "", true, false, false},
    {"report", "AGREED", "", true, false, false},
    {"approve report", "APPROVED", "PANEL", true, false, false},
    {"approve", "APPROVED", "CB", true, true, true},
    {"reject", "REJECTED", "CB", true, true, true},
    {"recommend approval", "RECOMMENDED", "CB", true, false, true},
    {"recommend rejection", "RECOMMENDED", "CB", true, false, true},
    {"authority approve", "APPROVED", "AUTHORITY", true, true, false},
    {"authority reject", "REJECTED", "AUTHORITY", true, true, false},
    {"change date", "APPROVED", "", false, false, false},
    {"hold", "AGREED", "", true, false, false},
    {"resume", "AGREED", "", true, false, false},
    {"note", "NOTED", "", false, false, false},
    {"direct", "DIRECTED", "", false, false, false},
    {"go live", "APPROVED", "PANEL", false, false, false},
};

const DecisionType& type_of(const Record& decision) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes),
                       [&](const DecisionType& one) { return one.type == decision.text("type"); });
}

std::string action_of(std::string_view type) {
  std::string out(type);
  std::replace(out.begin(), out.end(), ' ', '_');
  return out;
}

/// "reject" and "recommend rejection" rest on a ballot that was not carried.
Status check_ballot(Change& change, const DecisionType& type, const Record& after, Reasons& out) {
  if (!type.voted && !after.has("ballot")) return {};
  if (!after.has("ballot")) {
    out.push_back("a decision to " + std::string(type.type) + " rests on a ballot: which?");
    return {};
  }
  METERWAY_TRY(const auto ballot, referred(change, "ballot", after.text("ballot")));
  const bool against = type.type == "reject" || type.type == "recommend rejection";
  if (ballot.state != "closed") out.push_back(ballot.reference + " has not been counted");
  if (ballot.text("subject") != after.text("subject")) out.push_back(ballot.reference + " was on something else");
  if (ballot.text("committee") != after.text("committee"))
    out.push_back(ballot.reference + " was of another committee");
  if (type.voted && ballot.state == "closed" && (ballot.text("result") == "carried") == against)
    out.push_back(ballot.reference + " was " + ballot.text("result"));
  return {};
}

/// What is noted needs nobody; everything else needs a quorum, where the committee has seats.
Status check_quorum(Change& change, const Record& meeting, Reasons& out) {
  METERWAY_TRY(const auto seats, change.select({"seat", {{"committee", meeting.text("committee")}}}));
  METERWAY_TRY(const auto people, change.select({"attendance", {{"meeting", meeting.reference}, {"state", "noted"}}}));
  METERWAY_TRY(const auto quorum, count_quorum(change.rules(), meeting, seats, people));
  if (seats.empty() || quorum.met()) return {};
  out.push_back(meeting.reference + " is not quorate: " + std::to_string(quorum.present) + " of " +
                std::to_string(quorum.seats) + " seats are written down as there, " + std::to_string(quorum.needed) +
                " are needed");
  return {};
}

/// The next time is a later meeting of the same committee.
Status check_return(Change& change, const Record& after, Reasons& out) {
  if (!after.has("bring_back")) return {};
  METERWAY_TRY(const auto next, referred(change, "meeting", after.text("bring_back")));
  if (next.text("committee") != after.text("committee"))
    out.push_back("bring_back: " + next.reference + " is a meeting of another committee");
  if (next.date("held") <= after.date("on"))
    out.push_back("bring_back: " + next.reference + " is not after the decision");
  return {};
}

Result<Reasons> decision_is_in_order(Change& change, const Record&, const Record& after) {
  METERWAY_TRY(auto out, meeting_is_open(change, after));
  const auto& type = type_of(after);
  const auto& committee = after.text("committee");
  if (!type.by.empty() && !ledger::has_part(type.by, committee))
    out.push_back("a decision to " + std::string(type.type) + " is not " + committee + "'s but that of " +
                  std::string(type.by));
  if (after.has("meeting")) {
    METERWAY_TRY(const auto meeting, referred(change, "meeting", after.text("meeting")));
    if (meeting.text("committee") != committee) out.push_back(meeting.reference + " is no meeting of " + committee);
    if (meeting.date("held") != after.date("on")) out.push_back(meeting.reference + " was held on another day");
    if (type.type != "note") METERWAY_CHECK(check_quorum(change, meeting, out));
  }
  const auto& actor = change.actor();
  if (committee == "PANEL" && !actor.has_role("panel") && !actor.has_role("secretary") && !actor.has_role("operator"))
    out.push_back("a decision of the PANEL is recorded by: panel, secretary");
  if (*after.date("on") > change.today()) out.push_back("on: that day has not come");
  METERWAY_CHECK(check_return(change, after, out));
  METERWAY_CHECK(check_ballot(change, type, after, out));
  METERWAY_TRY(const auto subject, subject_of(change, after));
  const bool of_proposal = subject && subject->kind == "proposal";
  if (type.moves && !of_proposal) out.push_back("a decision to " + std::string(type.type) + " is on a proposal");
  if (!of_proposal) return out;
  if (!after.has("revision")) {
    out.push_back("which revision of " + subject->reference + " was decided on?");
  } else if (*after.integer("revision") != static_cast<std::int64_t>(subject->revision)) {
    return change.refuse(ErrorCode::Conflict, subject->reference + " is at revision " +
                                                  std::to_string(subject->revision) + " and " + subject->state +
                                                  ": it was changed after the one that was decided on, " +
                                                  after.text("revision"));
  }
  return out;
}

Status move_the_subject(Change& change, const Record&, Record& after) {
  const auto& type = type_of(after);
  after.set("word", std::string(type.word));
  METERWAY_TRY(const auto subject, subject_of(change, after));
  if (type.moves && subject) {
    Draft draft;
    draft.fields["last_decision"] = {after.reference};
    if (type.final) draft.fields["decided_on"] = {after.text("on")};
    draft.why = after.text("word") + " by " + after.text("committee") + ": " + after.reference;
    METERWAY_TRY(const auto moved,
                 change.act("proposal", subject->reference, subject->revision, action_of(type.type), draft));
    after.set("stage_before", subject->state);
    after.set("stage_after", moved.state);
  }
  if (!after.has("bring_back")) return {};
  if (!subject) return change.refuse(ErrorCode::BadValue, "what is to be brought back?");
  Draft item;
  item.fields["meeting"] = {after.text("bring_back")};
  item.fields["subject"] = {after.text("subject")};
  if (after.has("meeting")) {  // the item that it comes back from
    METERWAY_TRY(const auto now, change.select({"agenda", {{"meeting", after.text("meeting")}}}));
    for (const auto& one : now) {
      if (one.text("subject") == after.text("subject")) item.fields["from"] = {one.reference};
    }
  }
  METERWAY_TRY(const auto made, change.create("agenda", item));
  static_cast<void>(made);
  return {};
}

constexpr ledger::Named kFunctions[] = {
    {"decision_is_in_order", decision_is_in_order, nullptr},
    {"move_the_subject", nullptr, move_the_subject},
};

}  // namespace

std::span<const ledger::Named> functions_of_decisions() { return kFunctions; }

}  // namespace meterway::governance
