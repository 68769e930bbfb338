#pragma once
#include "records/store/beneath.h"
#include "records/store/sqlite_file.h"

/// How a layer of memory comes into SQLite, and what is remembered of SQLite out of it.
namespace meterway::store {

/// Writes a layer in one transaction, each table in key order, with the sequence up to which it goes.
Status write_layer(Connection& db, const Memtable& layer, std::uint64_t last_sequence);
/// Reads a table whole, when it is small.
Beneath::Load load_from(Connection& db);

}  // namespace meterway::store
