#pragma once
#include <span>

#include "records/ledger/ledger.h"

namespace meterway::devices {

/// Guards and effects that spec/ledger_transitions.tsv names and this folder has: corrections of credentials, blocked
/// devices and directions, eligibility for certificates, hubs against coverage.
std::span<const ledger::Named> functions();

}  // namespace meterway::devices
