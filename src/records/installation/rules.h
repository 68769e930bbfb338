#pragma once
#include <span>

#include "records/ledger/ledger.h"

/// What installation has to do with records of oversight: hubs held against coverage, and the certified product list.
namespace meterway::installation {

/// Guards and effects that spec/ledger_transitions.tsv names and this folder has.
std::span<const ledger::Named> functions();

}  // namespace meterway::installation
