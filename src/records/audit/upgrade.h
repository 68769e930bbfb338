#pragma once
#include "records/store/store.h"

namespace meterway::audit {

/// What the audits of earlier versions hold (of reads of the ledger, then of steps of anomaly detection, each in its
/// order) becomes entries of this one, some at a time, and is gone there. Nothing to do: cheap. Errors: the store's;
/// BadJson for a line that cannot be read.
Status upgrade_from_earlier(store::Store& store);

}  // namespace meterway::audit
