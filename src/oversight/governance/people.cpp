#include <algorithm>

#include "oversight/governance/functions.h"
#include "records/registry/person.h"

/// Invitations, and who agreed to be asked.
namespace meterway::governance {
namespace {

/// What an invitation may make of somebody. Secretariat, desk and assessors are made by the operator.
constexpr std::string_view kInvited = "member,chair,party,panel,reporter";

Result<Reasons> invitation_is_modest(Change& change, const Record&, const Record& after) {
  Reasons out;
  for (const auto& role : after.list("roles")) {
    if (!ledger::has_part(kInvited, role)) out.push_back("nobody is invited to be " + role);
  }
  const auto clearance = registry::classification_of(after.text("clearance"));
  if (clearance && *clearance > change.actor().clearance) out.push_back("the clearance is above your own");
  const registry::Person person{after.text("person"), after.text("name"), after.text("party"),
                                after.list("roles"),  *clearance,         true};
  if (const auto read = registry::read_person(registry::to_json(person), person.id); !read) out.push_back(read.error());
  METERWAY_TRY(const auto known, registry::find_person(change.registry(), after.text("person")));
  if (known) out.push_back(after.text("person") + " has access already");
  if (!after.has("seat")) return out;
  METERWAY_TRY(const auto seat, referred(change, "seat", after.text("seat")));
  if (seat.text("committee") != after.text("committee"))
    out.push_back(seat.reference + " is no seat of " + after.text("committee"));
  return out;
}

Status invitation_expires(Change& change, const Record&, Record& after) {
  METERWAY_TRY(const auto until, day_after(change, "invitation.valid", change.today()));
  after.set("expires", calendar::to_text(until));
  return {};
}

Result<Reasons> invitation_still_holds(Change& change, const Record& before, const Record&) {
  Reasons out;
  if (change.today() > *before.date("expires"))
    out.push_back("it could be accepted until " + calendar::in_words(*before.date("expires")));
  METERWAY_TRY(const auto known, registry::find_person(change.registry(), before.text("person")));
  if (known) out.push_back(before.text("person") + " has access already");
  return out;
}

Status seat_is_taken(Change& change, const Record& before, Record&) {
  const auto level = registry::classification_of(before.text("clearance"));
  METERWAY_CHECK(level);
  METERWAY_CHECK(registry::put_person(change.registry(), {before.text("person"), before.text("name"),
                                                          before.text("party"), before.list("roles"), *level, true}));
  if (!before.has("seat")) return {};
  Draft draft;
  draft.fields["person"] = {before.text("person")};
  draft.why = before.reference + " is accepted";
  METERWAY_TRY(const auto changed, change.change("seat", before.text("seat"), std::nullopt, draft));
  static_cast<void>(changed);
  return {};
}

Result<Reasons> everybody_consented(Change& change, const Record& before, const Record& after) {
  Reasons out;
  for (const auto& reference : after.list("contacts")) {
    METERWAY_TRY(const auto contact, referred(change, "contact", reference));
    const auto& consented = contact.list("consented");
    if (std::find(consented.begin(), consented.end(), before.reference) == consented.end())
      out.push_back(reference + " has not agreed to " + before.reference);
  }
  return out;
}

Status note_the_consent(Change&, const Record& before, Record& after) {
  auto consented = before.list("consented");
  std::erase(consented, after.text("survey"));
  consented.push_back(after.text("survey"));
  after.set("consented", std::move(consented));
  return {};
}

Status forget_the_consent(Change&, const Record& before, Record& after) {
  auto consented = before.list("consented");
  std::erase(consented, after.text("survey"));
  after.set("consented", std::move(consented));
  return {};
}

constexpr ledger::Named kFunctions[] = {
    {"invitation_is_modest", invitation_is_modest, nullptr},     {"invitation_expires", nullptr, invitation_expires},
    {"invitation_still_holds", invitation_still_holds, nullptr}, {"seat_is_taken", nullptr, seat_is_taken},
    {"everybody_consented", everybody_consented, nullptr},       {"note_the_consent", nullptr, note_the_consent},
    {"forget_the_consent", nullptr, forget_the_consent},
};

}  // namespace

std::span<const ledger::Named> functions_of_people() { return kFunctions; }

}  // namespace meterway::governance
