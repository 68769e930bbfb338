#pragma once
#include "portal/server/ask.h"

namespace meterway::portal {

/// ?limit, after, order=oldest|newest, state, class, q, mentions, range with from and to, and any field of the kind.
/// Errors in words, beginning with the parameter.
Result<ledger::Query, std::string> read_list_query(const Ask& ask, const ledger::Kind& kind);

}  // namespace meterway::portal
