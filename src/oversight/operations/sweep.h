#pragma once
#include "oversight/operations/books.h"

/// What time brings by itself: instances of reports that have become due to be made, alarms over what was missed,
/// candidates for incidents. Run every so often; a second run right after the first makes nothing.
namespace meterway::operations {

struct Swept {
  std::size_t instances = 0, alarms = 0, candidates = 0;
};
Result<Swept, ledger::Problem> sweep(ledger::Ledger& ledger, const EventMonths& events);

}  // namespace meterway::operations
