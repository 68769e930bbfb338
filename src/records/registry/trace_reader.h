#pragma once
#include "records/store/store.h"
#include "standard/ids/ids.h"

/// Who besides the operator may read the trace of an alert: the Users it was sent to. (That of a request is its
/// originator's, by its name.)
///
/// Rows:  "trace-reader"   trace key, 00, User:8 -> empty
namespace meterway::registry {

/// Written in the change that queues the alert for the User.
Status let_read_trace(store::WriteView& view, std::string_view key, Eui64 user);
Result<bool> may_read_trace(const store::ReadView& view, std::string_view key, Eui64 user);

}  // namespace meterway::registry
