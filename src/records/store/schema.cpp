#include "records/store/schema.h"

#include <iterator>

#include "records/store/event_log.h"
#include "records/store/sqlite_file.h"

namespace meterway::store {
namespace {

/// One step of the schema: SQL, then what rows need. Steps are never changed once a version was published.
struct Step {
  const char* sql;
  Status (*rows)(WriteView&);
};

// One SQL table holds every table of the contract: a few statements serve them all, prepared once per connection.
const Step kSteps[] = {
    {"CREATE TABLE row(tbl BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY(tbl,key)) WITHOUT ROWID;",
     nullptr},
    {"CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
     "INSERT INTO meta VALUES('applied',0);",  // last sequence of the append log that is in here (log_store.h)
     convert_events_of_version_1},
    {"", nullptr},  // other rows, which a program of version 2 would not look for
};
static_assert(std::size(kSteps) == kStoreVersion);

}  // namespace

Status upgrade_schema(Connection& db) {
  METERWAY_TRY(const auto version, db.number("PRAGMA user_version"));
  if (version > kStoreVersion) return fail(ErrorCode::Unsupported, static_cast<std::size_t>(version), "store version");
  if (version == kStoreVersion) return db.prepare();
  METERWAY_CHECK(db.exec("BEGIN IMMEDIATE"));
  for (auto at = version; at < kStoreVersion; ++at) {
    const auto& step = kSteps[at];
    METERWAY_CHECK(db.exec(step.sql));
    if (step.rows == nullptr || version == 0) continue;
    METERWAY_CHECK(db.prepare());
    ConnectionView view(db);
    METERWAY_CHECK(step.rows(view));
  }
  METERWAY_CHECK(db.exec(("PRAGMA user_version=" + std::to_string(kStoreVersion)).c_str()));
  METERWAY_CHECK(db.exec("COMMIT"));
  return db.prepare();
}

}  // namespace meterway::store
