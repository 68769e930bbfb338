#pragma once
#include <span>

#include "records/ledger/ledger.h"

namespace meterway::operations {

/// Guards and effects that spec/ledger_transitions.tsv names and this folder has: reports, incidents, maintenance.
std::span<const ledger::Named> functions();

}  // namespace meterway::operations
