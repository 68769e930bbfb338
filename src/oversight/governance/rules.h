#pragma once
#include <span>

#include "records/ledger/ledger.h"

namespace meterway::governance {

/// Guards and effects that spec/ledger_transitions.tsv names and this folder has: committees, meetings, proposals,
/// actions, papers.
std::span<const ledger::Named> functions();

}  // namespace meterway::governance
