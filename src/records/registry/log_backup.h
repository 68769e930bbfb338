#pragma once
#include <optional>
#include <vector>

#include "records/store/store.h"
#include "standard/ids/ids.h"

/// The last device log that a hub or a gas proxy function reported, so that a replacement can be given it
/// (8.12.1, 8.12.2).
///
/// Row:      "log-backup"  owner:8 -> format:1 counter:8 network:1..n count:2 { device:8 key hash:1..n type:1 }
/// Source:   device-side rules: alerts 8F12 (CS14) of a hub and 8071 (GCS62) of a GPF carry the whole log after each
///           change; CCS03 and GCS59 restore it.
namespace meterway::registry {

struct LogBackupEntry {
  Eui64 device;
  Bytes link_key_hash;    ///< of a hub's log: empty while the device has not joined
  std::uint8_t type = 0;  ///< of a GPF's log: kind of device, as the log numbers them
  friend bool operator==(const LogBackupEntry&, const LogBackupEntry&) = default;
};

struct LogBackup {
  Bytes network;  ///< extended PAN id of a hub's network, which its replacement forms again; empty of a GPF
  std::vector<LogBackupEntry> entries;
  OriginatorCounter counter;  ///< of the alert: a later one takes its place, an earlier one does not
};

inline constexpr std::size_t kMostLogEntries = 1024;

/// Errors: Database; of wire::Reader when the row cannot be read.
Result<std::optional<LogBackup>> find_log_backup(const store::ReadView& view, Eui64 owner);
/// Nothing changes when the kept one is of a later alert. Errors besides: TooLarge.
Status keep_log_backup(store::WriteView& view, Eui64 owner, const LogBackup& log);

}  // namespace meterway::registry
