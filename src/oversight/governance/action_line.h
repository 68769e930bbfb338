#pragma once
#include <string>
#include <vector>

#include "records/ledger/record.h"

/// An action as the minutes of a meeting print it.
namespace meterway::governance {

/// Outstanding: it was asked for before and was carried over to this meeting. New: this meeting asks for it.
enum class PartIn : char { None = '-', Outstanding = 'o', New = 'n' };
PartIn part_in(const ledger::Record& action, const ledger::Record& meeting);

struct ActionLine {
  PartIn part = PartIn::None;
  std::string reference, owner, text, update, status;
};
/// Latest update, and "open", "closed", with ", disputed" and ", escalated".
ActionLine line_of_action(const ledger::Record& action, PartIn part);
/// The same in one text, as it is frozen; tabs between the parts.
std::string action_line(const ledger::Record& action, PartIn part);
ActionLine read_action_line(std::string_view line);

}  // namespace meterway::governance
