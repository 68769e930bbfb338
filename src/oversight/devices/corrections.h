#pragma once
#include "records/ledger/ledger.h"
#include "records/registry/device.h"

/// Network operator certificates that should not be where they are. Seed A37, B29.
///
/// A meter accepts a replacement of its network operator's certificates from nobody but the party that sits in that
/// cell (or recovery). Where registration names another, neither can act alone: the one in the cell is not responsible
/// for the device any more, the rightful one is not in the cell. The case tells both, and when the rightful one asks
/// for it gives the other leave to send this one replacement.
namespace meterway::devices {

using ledger::Record;
using Reasons = std::vector<std::string>;

struct Compared {
  std::size_t opened = 0, closed = 0, changed = 0;
  std::size_t failed = 0;  ///< devices that could not be: an event of each ("correction failed") says why
  /// Devices that should have said who sits in these cells and have not: nothing is known of them. Of all there are.
  std::uint64_t unread = 0;
  bool more = false;  ///< there was as much to compare as a call takes
  Compared& operator+=(const Compared& other);
};
/// Compares the network operator cells, as the devices last said, with registration: of the devices that something has
/// happened to, and once in certificate.network_operator.sweep of all. At most `most` devices a call; call again until
/// it finds nothing. A device that cannot be compared is passed over.
Result<Compared, ledger::Problem> compare_slots(ledger::Ledger& ledger, std::size_t most = 500);

/// Whether a device at work has network operator cells, so that it could be asked.
bool should_be_read(const registry::Device& device);

/// At this moment: the cells and registration agree, or the device has gone.
Result<Reasons> correction_is_over(ledger::Change& change, const Record& before, const Record& after);
Result<Reasons> correction_can_be_asked(ledger::Change& change, const Record& before, const Record& after);
Status give_leave(ledger::Change& change, const Record& before, Record& after);
Status end_correction(ledger::Change& change, const Record& before, Record& after);

}  // namespace meterway::devices
