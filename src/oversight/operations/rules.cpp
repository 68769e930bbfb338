#include "oversight/operations/rules.h"

namespace meterway::operations {
namespace {

using Reasons = std::vector<std::string>;

/// A window ends after it begins.
Result<Reasons> window_is_in_order(ledger::Change&, const ledger::Record&, const ledger::Record& after) {
  const auto start = after.instant("start"), end = after.instant("end");
  if (!start || !end || *start < *end) return Reasons();
  return Reasons{"the window ends before it begins, or with it"};
}

constexpr ledger::Named kFunctions[] = {
    {"window_is_in_order", window_is_in_order, nullptr},
};

}  // namespace

std::span<const ledger::Named> functions() { return kFunctions; }

}  // namespace meterway::operations
