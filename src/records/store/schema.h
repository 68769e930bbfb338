#pragma once
#include <cstdint>

#include "records/store/sqlite.h"

namespace meterway::store {

/// What this program writes. Version 1: the table `row`. 2: the table `meta`, and events of one change in one row.
inline constexpr std::int64_t kSchemaVersion = 2;

/// Makes the schema in an empty file, or brings an older one up to date, step by numbered step, all in one transaction.
/// Prepares the connection's statements. Errors: Unsupported when a newer program wrote the file (its version is the
/// offset); Database; those of a step.
Status upgrade_schema(Connection& db);

}  // namespace meterway::store
