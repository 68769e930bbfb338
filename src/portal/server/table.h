#pragma once
#include "portal/server/ask.h"

/// Records as tables: the columns are reference, state, class and every field of the kind; items of a list stand on
/// lines of their own within the cell.
namespace meterway::portal {

/// All records of the query, whatever its limit says.
net::HttpResponse csv_answer(const ledger::Reader& reader, const ledger::Kind& kind, ledger::Query query);

}  // namespace meterway::portal
