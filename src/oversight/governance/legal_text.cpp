#include "oversight/governance/functions.h"

/// Versions of clauses: one a clause and day, never altered.
namespace meterway::governance {
namespace {

Result<Reasons> clause_is_new(Change& change, const Record&, const Record& after) {
  METERWAY_TRY(
      const auto others,
      change.select(
          {"clause",
           {{"document", after.text("document")}, {"number", after.text("number")}, {"from", after.text("from")}}}));
  if (others.empty()) return Reasons();
  return Reasons{"the clause has a version from that day: " + others.front().reference};
}

constexpr ledger::Named kFunctions[] = {
    {"clause_is_new", clause_is_new, nullptr},
};

}  // namespace

std::span<const ledger::Named> functions_of_legal_text() { return kFunctions; }

}  // namespace meterway::governance
