#pragma once
#include <optional>
#include <span>

#include "records/ledger/ledger.h"

/// The guards and effects of this folder, file by file, and what they share.
namespace meterway::governance {

using ledger::Change;
using ledger::Draft;
using ledger::Record;
using Reasons = std::vector<std::string>;

std::span<const ledger::Named> functions_of_meetings();
std::span<const ledger::Named> functions_of_decisions();
std::span<const ledger::Named> functions_of_proposals();
std::span<const ledger::Named> functions_of_actions();
std::span<const ledger::Named> functions_of_ballots();
std::span<const ledger::Named> functions_of_papers();
std::span<const ledger::Named> functions_of_releases();
std::span<const ledger::Named> functions_of_assurance();
std::span<const ledger::Named> functions_of_people();
std::span<const ledger::Named> functions_of_legal_text();

/// A record that another one refers to. Errors: NotFound in words.
Result<Record> referred(Change& change, std::string_view kind, const std::string& reference);
/// That of a field that may refer to any kind; none when it is not set.
Result<std::optional<Record>> subject_of(Change& change, const Record& record, std::string_view field = "subject");
/// The day a rule of working days gives, counted from `from`.
Result<ledger::Date> day_after(Change& change, std::string_view rule, ledger::Date from);
/// Why nothing may be added to a meeting any more: its minutes are final.
Result<Reasons> meeting_is_open(Change& change, const Record& record);
/// Whether nothing more becomes of a proposal; no other record ends this way.
bool has_ended(const Record& subject);
/// Whether everybody who may read `target` may read `source`: what one says may be written into the other.
bool may_stand_in(const Record& source, const Record& target);
/// Makes a record that repeats something of `source` at least as secret.
void raise_to(Record& target, const Record& source);
/// Whether a seat may be used on a day.
bool in_term(const Record& seat, ledger::Date day);

}  // namespace meterway::governance
