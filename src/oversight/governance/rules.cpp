#include "oversight/governance/rules.h"

#include "oversight/governance/functions.h"

namespace meterway::governance {

std::span<const ledger::Named> functions() {
  static const std::vector<ledger::Named> kAll = [] {
    std::vector<ledger::Named> out;
    for (const auto some :
         {functions_of_meetings(), functions_of_decisions(), functions_of_proposals(), functions_of_actions(),
          functions_of_ballots(), functions_of_papers(), functions_of_releases(), functions_of_assurance(),
          functions_of_people(), functions_of_legal_text()})
      out.insert(out.end(), some.begin(), some.end());
    return out;
  }();
  return kAll;
}

}  // namespace meterway::governance
