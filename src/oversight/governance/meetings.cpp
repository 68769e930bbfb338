#include <algorithm>

#include "oversight/governance/action_line.h"
#include "oversight/governance/functions.h"
#include "records/registry/person.h"
#include "standard/calendar/working_days.h"

/// Seats, attendance, agenda and minutes.
namespace meterway::governance {
namespace {

Result<Reasons> term_is_in_order(Change& change, const Record& before, const Record& after) {
  Reasons out;
  const auto from = after.date("from"), until = after.date("until");
  if (from && until && *from > *until) out.push_back("the term ends before it begins");
  if (after.has("person") && after.text("person") != before.text("person")) {
    METERWAY_TRY(const auto known, registry::find_person(change.registry(), after.text("person")));
    if (!known) out.push_back("person: nobody has access by the name " + after.text("person"));
  }
  return out;
}

Result<Reasons> meeting_is_not_final(Change& change, const Record&, const Record& after) {
  return meeting_is_open(change, after);
}

/// Members and alternates sit on a seat of this committee, others on none; nobody comes twice.
Result<Reasons> attendance_is_possible(Change& change, const Record&, const Record& after) {
  METERWAY_TRY(auto out, meeting_is_open(change, after));
  METERWAY_TRY(const auto meeting, referred(change, "meeting", after.text("meeting")));
  const auto& capacity = after.text("capacity");
  const bool votes = capacity == "member" || capacity == "alternate";
  if (votes != after.has("seat"))
    out.push_back(votes ? "a " + capacity + " has a seat: which?" : "a " + capacity + " has no seat, and no vote");
  if (votes && after.has("seat")) {
    METERWAY_TRY(const auto seat, referred(change, "seat", after.text("seat")));
    if (seat.text("committee") != meeting.text("committee"))
      out.push_back(seat.reference + " is no seat of " + meeting.text("committee"));
    if (const auto held = meeting.date("held"); held && !in_term(seat, *held))
      out.push_back("the term of " + seat.reference + " does not hold on " + calendar::in_words(*held));
  }
  const bool away = after.text("mode") == "apologies";
  METERWAY_TRY(const auto others, change.select({"attendance", {{"meeting", meeting.reference}, {"state", "noted"}}}));
  for (const auto& other : others) {
    if (other.text("who") == after.text("who")) out.push_back(after.text("who") + " is written down already");
    if (votes && other.text("seat") == after.text("seat") && away == (other.text("mode") == "apologies"))
      out.push_back(after.text("seat") + " has somebody there already: " + other.text("who"));
  }
  return out;
}

Status category_of_the_seat(Change& change, const Record&, Record& after) {
  if (!after.has("seat")) return {};
  METERWAY_TRY(const auto seat, referred(change, "seat", after.text("seat")));
  after.set("category", seat.text("category"));
  return {};
}

/// The subject's own words, and the next place: nobody types what there is.
Status title_of_the_subject(Change& change, const Record&, Record& after) {
  METERWAY_TRY(const auto subject, subject_of(change, after));
  if (!after.has("title")) {
    if (!subject) return change.refuse(ErrorCode::BadValue, "an item has a title or a subject");
    const auto& label = subject->text(ledger::find_kind(subject->kind)->label);
    after.set("title", subject->reference + (label.empty() ? "" : " " + label));
    raise_to(after, *subject);
  }
  if (after.has("position")) return {};
  METERWAY_TRY(const auto others, change.select({"agenda", {{"meeting", after.text("meeting")}}}));
  std::int64_t last = 0;
  for (const auto& other : others) last = std::max(last, other.integer("position").value_or(0));
  after.set("position", std::to_string(last + 1));
  return {};
}

Result<Reasons> parked_to_a_later_meeting(Change& change, const Record&, const Record& after) {
  if (!after.has("parked_to")) return Reasons();
  METERWAY_TRY(const auto now, referred(change, "meeting", after.text("meeting")));
  METERWAY_TRY(const auto then, referred(change, "meeting", after.text("parked_to")));
  Reasons out;
  if (then.date("held") <= now.date("held")) out.push_back(then.reference + " is not after " + now.reference);
  if (then.text("committee") != now.text("committee"))
    out.push_back(then.reference + " is a meeting of another committee");
  if (then.state == "final") out.push_back("the minutes of " + then.reference + " are final");
  return out;
}

Status park(Change& change, const Record&, Record& after) {
  Draft draft;
  draft.fields["meeting"] = {after.text("parked_to")};
  draft.fields["title"] = {after.text("title")};
  draft.fields["from"] = {after.reference};
  if (after.has("subject")) draft.fields["subject"] = {after.text("subject")};
  draft.level = after.level;
  if (after.has("audience")) draft.fields["audience"] = after.list("audience");
  METERWAY_TRY(const auto item, change.create("agenda", draft));
  static_cast<void>(item);
  return {};
}

Result<Reasons> meeting_ends_after_it_begins(Change&, const Record&, const Record& after) {
  const auto begins = after.instant("begins"), ends = after.instant("ends");
  Reasons out;
  if (begins && ends && *ends <= *begins) out.push_back("the meeting ends before it begins, or with it");
  if (begins && after.date("held") && calendar::date_of(*begins) != *after.date("held"))
    out.push_back("it begins on another day than that on which it was held");
  return out;
}

Result<Reasons> minutes_are_whole(Change& change, const Record& before, const Record& after) {
  METERWAY_TRY(auto out, meeting_ends_after_it_begins(change, before, after));
  if (!after.has("begins") || !after.has("ends")) out.push_back("when it began and ended is not written down");
  METERWAY_TRY(const auto people, change.select({"attendance", {{"meeting", after.reference}, {"state", "noted"}}}));
  if (people.empty()) out.push_back("nobody is written down as having been there");
  return out;
}

/// What went to a meeting, or what its minutes say, is not rewritten; another class may be given to it, with a reason.
Result<Reasons> words_stay(Change&, const Record& before, const Record& after) {
  Reasons out;
  const auto* kind = ledger::find_kind(before.kind);
  for (const auto& field : kind->fields) {
    if (field.name == "audience" || field.name == "related" || before.list(field.name) == after.list(field.name))
      continue;
    out.push_back(std::string(field.name) + ": " + before.reference + " is " + before.state + " and says what it says");
  }
  return out;
}

/// What was open before this meeting comes to it, and is escalated once it has come to too many.
Status carry_actions_over(Change& change, const Record&, Record& after) {
  const auto number = after.integer("number").value_or(0);
  METERWAY_TRY(const auto ruling, change.rules().on("action.escalate_after", *after.date("held")));
  METERWAY_TRY(const auto most, ruling.integer());
  METERWAY_TRY(const auto actions,
               change.select({"action", {{"committee", after.text("committee")}, {"state", "open"}}}));
  for (const auto& action : actions) {
    const auto asked = action.integer("number").value_or(0);
    if (asked >= number) continue;
    Draft draft;
    auto carried = action.list("carried_to");
    if (std::find(carried.begin(), carried.end(), after.reference) == carried.end()) carried.push_back(after.reference);
    draft.fields["carried_to"] = std::move(carried);
    if (number - asked > most) draft.fields["escalated"] = {"true"};
    draft.why = "carried over to " + after.reference;
    METERWAY_TRY(const auto changed, change.change("action", action.reference, std::nullopt, draft));
    static_cast<void>(changed);
  }
  return {};
}

/// Final minutes say how actions stood then, whatever becomes of them; those that not every reader of the minutes may
/// see are left out. Between the parts of a line stand tabs.
Status freeze_actions(Change& change, const Record&, Record& after) {
  METERWAY_TRY(const auto actions, change.select({"action", {{"committee", after.text("committee")}}}));
  ledger::Value lines;
  for (const auto& action : actions) {
    if (!may_stand_in(action, after)) continue;
    if (const auto part = part_in(action, after); part != PartIn::None) lines.push_back(action_line(action, part));
  }
  after.set("frozen_actions", std::move(lines));
  return {};
}

constexpr ledger::Named kFunctions[] = {
    {"freeze_actions", nullptr, freeze_actions},
    {"term_is_in_order", term_is_in_order, nullptr},
    {"words_stay", words_stay, nullptr},
    {"meeting_is_not_final", meeting_is_not_final, nullptr},
    {"attendance_is_possible", attendance_is_possible, nullptr},
    {"category_of_the_seat", nullptr, category_of_the_seat},
    {"title_of_the_subject", nullptr, title_of_the_subject},
    {"parked_to_a_later_meeting", parked_to_a_later_meeting, nullptr},
    {"park", nullptr, park},
    {"meeting_ends_after_it_begins", meeting_ends_after_it_begins, nullptr},
    {"minutes_are_whole", minutes_are_whole, nullptr},
    {"carry_actions_over", nullptr, carry_actions_over},
};

}  // namespace

std::span<const ledger::Named> functions_of_meetings() { return kFunctions; }

}  // namespace meterway::governance
