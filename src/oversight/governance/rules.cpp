#include "oversight/governance/rules.h"

namespace meterway::governance {

std::span<const ledger::Named> functions() { return {}; }

}  // namespace meterway::governance
