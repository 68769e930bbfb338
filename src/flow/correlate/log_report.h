#pragma once
#include <functional>

#include "records/registry/log_backup.h"
#include "standard/gbcs/message.h"

/// A device log as alert 8F12 of a hub or 8071 of a gas proxy function reports it, whole, after each change.
namespace meterway::flow::correlate {

/// Source:  the alerts CS14 and GCS62; the layouts are those of the published messages.
/// Wire:    8F12  notification { code, time, { time, extended PAN id, [ { device, hash of the link key } ] } }
///          8071  SEQUENCE { code, time, SEQUENCE OF { device, kind of device } }
/// Errors:  BadValue when the content is neither.
Result<registry::LogBackup> read_log_report(const gbcs::Message& alert);

/// What a report changes in the store; nothing to do (empty) for any other alert, and for a report that cannot be read:
/// a log that is not understood is no back-up.
std::function<Status(store::WriteView&)> keep_log_report(const gbcs::Message& alert, MessageCode alert_code);

}  // namespace meterway::flow::correlate
