#pragma once
#include "portal/server/ask.h"

namespace meterway::portal {

/// For registration::Loader: an incident in the ledger, by the operator, Green, for the Registration Data Provider; one
/// that is open and says the same stands for it.
registration::Raise raise_incidents(const ledger::Ledger& ledger);

}  // namespace meterway::portal
