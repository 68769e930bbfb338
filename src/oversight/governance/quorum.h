#pragma once
#include <string>
#include <vector>

#include "records/ledger/record.h"
#include "standard/rules/rules.h"

namespace meterway::governance {

/// Whether a meeting can decide. Seats in term count, and those present in person or by telephone as their member or
/// alternate; a chair without a seat, participants and apologies never do.
struct Quorum {
  std::size_t seats = 0, needed = 0, present = 0;
  std::vector<std::string> absent;  ///< codes of categories that have seats and nobody there
  std::string rule;                 ///< in a sentence
  bool met() const { return seats > 0 && present >= needed; }
};

/// The share is that of quorum.share.<committee> where there is such a rule, else of quorum.share.
Result<Quorum> count_quorum(const rules::Rules& rules, const ledger::Record& meeting,
                            const std::vector<ledger::Record>& seats, const std::vector<ledger::Record>& attendance);

}  // namespace meterway::governance
