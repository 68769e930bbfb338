#pragma once
#include "records/store/sqlite.h"

namespace meterway::store {

/// Makes the schema in an empty file, or brings an older one up to date, step by numbered step, all in one transaction.
/// Prepares the connection's statements. Errors: Unsupported when a newer program wrote the file (its version is the
/// offset); Database; those of a step.
Status upgrade_schema(Connection& db);

}  // namespace meterway::store
