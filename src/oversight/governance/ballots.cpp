#include <algorithm>
#include <map>

#include "oversight/governance/functions.h"

/// Votes: never more than there are seats, and each seat once.
namespace meterway::governance {
namespace {

struct Tally {
  std::int64_t votes_for = 0, votes_against = 0, abstained = 0;
  void add(std::string_view choice) {
    auto& count = choice == "for" ? votes_for : choice == "against" ? votes_against : abstained;
    ++count;
  }
};

Result<Reasons> ballot_can_be(Change& change, const Record&, const Record& after) {
  METERWAY_TRY(auto out, meeting_is_open(change, after));
  if (after.has("meeting")) {
    METERWAY_TRY(const auto meeting, referred(change, "meeting", after.text("meeting")));
    if (meeting.text("committee") != after.text("committee"))
      out.push_back(meeting.reference + " is no meeting of " + after.text("committee"));
  }
  METERWAY_TRY(const auto subject, subject_of(change, after));
  if (subject && has_ended(*subject)) out.push_back(subject->reference + " is " + subject->state);
  return out;
}

Result<Reasons> vote_has_a_seat(Change& change, const Record&, const Record& after) {
  METERWAY_TRY(const auto ballot, referred(change, "ballot", after.text("ballot")));
  METERWAY_TRY(const auto seat, referred(change, "seat", after.text("seat")));
  Reasons out;
  if (ballot.state != "open") out.push_back(ballot.reference + " is " + ballot.state);
  if (seat.text("committee") != ballot.text("committee"))
    out.push_back(seat.reference + " is no seat of " + ballot.text("committee"));
  if (!in_term(seat, *ballot.date("on"))) out.push_back("the term of " + seat.reference + " does not hold then");
  METERWAY_TRY(const auto cast, change.select({"vote", {{"ballot", ballot.reference}, {"seat", seat.reference}}}));
  if (!cast.empty()) out.push_back(seat.reference + " has voted: " + cast.front().reference);
  const auto& actor = change.actor();
  const bool for_others = actor.has_role("secretary") || actor.has_role("chair") || actor.has_role("operator");
  if (!for_others && seat.text("person") != actor.id) out.push_back(seat.reference + " is not the caller's");
  return out;
}

Result<Reasons> somebody_voted(Change& change, const Record& before, const Record&) {
  METERWAY_TRY(const auto votes, change.select({"vote", {{"ballot", before.reference}}}));
  if (!votes.empty()) return Reasons();
  return Reasons{"nobody has voted"};
}

Status count_the_votes(Change& change, const Record&, Record& after) {
  METERWAY_TRY(const auto votes, change.select({"vote", {{"ballot", after.reference}}}));
  METERWAY_TRY(const auto seats, change.select({"seat", {{"committee", after.text("committee")}}}));
  std::map<std::string, std::string> category_of_seat;
  std::map<std::string, Tally> categories;
  std::int64_t entitled = 0;
  for (const auto& seat : seats) {
    category_of_seat[seat.reference] = seat.text("category");
    const bool voted =
        std::any_of(votes.begin(), votes.end(), [&](auto& vote) { return vote.text("seat") == seat.reference; });
    if (in_term(seat, *after.date("on")) && (seat.has("holder") || voted)) ++entitled;  // a vacant seat has no vote
  }
  Tally all;
  for (const auto& vote : votes) {
    all.add(vote.text("choice"));
    categories[category_of_seat[vote.text("seat")]].add(vote.text("choice"));
  }
  auto deciding = all;
  if (after.text("strategy") == "per category") {
    deciding = {};
    for (const auto& [name, tally] : categories) {
      if (tally.votes_for == tally.votes_against) {
        deciding.add("abstain");
      } else {
        deciding.add(tally.votes_for > tally.votes_against ? "for" : "against");
      }
    }
  }
  after.set("votes_for", std::to_string(all.votes_for));
  after.set("votes_against", std::to_string(all.votes_against));
  after.set("abstained", std::to_string(all.abstained));
  after.set("not_voted", std::to_string(entitled - static_cast<std::int64_t>(votes.size())));
  after.set("result", deciding.votes_for > deciding.votes_against ? "carried" : "not carried");
  return {};
}

constexpr ledger::Named kFunctions[] = {
    {"ballot_can_be", ballot_can_be, nullptr},
    {"vote_has_a_seat", vote_has_a_seat, nullptr},
    {"somebody_voted", somebody_voted, nullptr},
    {"count_the_votes", nullptr, count_the_votes},
};

}  // namespace

std::span<const ledger::Named> functions_of_ballots() { return kFunctions; }

}  // namespace meterway::governance
