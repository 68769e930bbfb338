#include "oversight/governance/functions.h"

#include <algorithm>

#include "standard/calendar/working_days.h"

namespace meterway::governance {

Result<Record> referred(Change& change, std::string_view kind, const std::string& reference) {
  METERWAY_TRY(auto found, change.find(kind, reference));
  if (!found) return change.refuse(ErrorCode::NotFound, "there is no " + std::string(kind) + " " + reference);
  return std::move(*found);
}

Result<std::optional<Record>> subject_of(Change& change, const Record& record, std::string_view field) {
  const auto target = ledger::read_target(record.text(field));
  if (!target) return std::optional<Record>();
  return change.find(target->kind, target->reference);
}

Result<ledger::Date> day_after(Change& change, std::string_view rule, ledger::Date from) {
  METERWAY_TRY(const auto ruling, change.rules().on(rule, from));
  METERWAY_TRY(const auto days, ruling.integer());
  return calendar::add_working_days(from, static_cast<unsigned>(days));
}

Result<Reasons> meeting_is_open(Change& change, const Record& record) {
  if (!record.has("meeting")) return Reasons();
  METERWAY_TRY(const auto meeting, referred(change, "meeting", record.text("meeting")));
  if (meeting.state != "final") return Reasons();
  return Reasons{"the minutes of " + meeting.reference + " are final"};
}

bool has_ended(const Record& subject) {
  return subject.kind == "proposal" &&
         (subject.state == "implemented" || subject.state == "rejected" || subject.state == "withdrawn");
}

bool may_stand_in(const Record& source, const Record& target) {
  if (source.level > target.level) return false;
  const bool named = source.level >= ledger::Classification::Amber && source.has("audience");
  return !named || source.list("audience") == target.list("audience");
}

void raise_to(Record& target, const Record& source) {
  if (may_stand_in(source, target)) return;
  target.level = std::max(target.level, source.level);
  if (source.level >= ledger::Classification::Amber) target.set("audience", source.list("audience"));
}

bool in_term(const Record& seat, ledger::Date day) {
  const auto from = seat.date("from"), until = seat.date("until");
  return from && *from <= day && (!until || day <= *until);
}

}  // namespace meterway::governance
