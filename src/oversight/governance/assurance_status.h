#pragma once
#include <span>
#include <string_view>

#include "standard/rules/rules.h"

/// Statuses of assurance by code: rows of spec/assurance_statuses.tsv. Their names change and one of them came to mean
/// another status, so what is stored is the code; a name is read as of the day on which it was used.
namespace meterway::governance {

struct AssuranceStatus {
  std::string_view scheme, code, name;
  calendar::Date from, to;  ///< the name holds on from <= day < to
  bool passes;              ///< User entry: whoever has it may go live, with the steps done
  std::string_view clause;
  rules::Certainty certainty;
};
std::span<const AssuranceStatus> all_assurance_statuses();

/// Null when no status of the scheme has this name on that day. Letters may be of either case.
const AssuranceStatus* read_status(std::string_view scheme, std::string_view name, calendar::Date day);
/// How a status is called on that day; null when there is no such code.
const AssuranceStatus* name_on(std::string_view scheme, std::string_view code, calendar::Date day);

}  // namespace meterway::governance
