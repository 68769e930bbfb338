#pragma once
#include "oversight/operations/books.h"

/// Planned maintenance of all providers in one calendar. Seed A30, A31; limits are rows of spec/dated_rules.tsv.
namespace meterway::operations {

using Reasons = std::vector<std::string>;
Result<Reasons> window_is_in_order(ledger::Change& change, const Record& before, const Record& after);
/// Inside the hours, within the month's limits, with notice, and beside no other window of the same provider for the
/// same service and region; or under a derogation that is in force.
Result<Reasons> window_is_within_limits(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> work_was_done(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> derogation_can_be(ledger::Change& change, const Record& before, const Record& after);
Status give_notice(ledger::Change& change, const Record& before, Record& after);
Status decide_derogation(ledger::Change& change, const Record& before, Record& after);

struct Wanted {
  std::string provider, service, region, srv, state;  ///< empty: any
  std::optional<UtcTime> from, to;                    ///< windows that reach into [from, to)
};
struct Window {
  Record record;
  std::vector<std::string> clashes;  ///< other windows at the same time that touch the same service or region
};
/// In the order of their beginnings. Of what the reader may see; cancelled ones only when asked for.
Result<std::vector<Window>> windows(const ledger::Reader& reader, const Wanted& wanted);
/// Confirmed windows that are running now.
Result<std::vector<Record>> running(const ledger::Reader& reader, UtcTime now);
/// RFC 5545. No clock: stamps are those of the records.
std::string calendar_file(const std::vector<Window>& windows);

}  // namespace meterway::operations
