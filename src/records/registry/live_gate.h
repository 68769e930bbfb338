#pragma once
#include "records/store/store.h"
#include "standard/ids/ids.h"

/// What keeps a User's role from live systems: Director's letters with open steps, assurance statuses that do not pass.
/// put_user() refuses to enable a role that is closed here; one that is enabled already stays so.
///
/// Source: governance.md 7, seed A42.
/// Rows:   "live-gate"  User:16 hexadecimal role:2 00 source -> nothing
namespace meterway::registry {

/// `source`: the record that closes it. Several may; the role is open when none is left.
Status close_live_access(store::WriteView& view, Eui64 user, UserRole role, std::string_view source);
/// Also when it was not closed by that source.
Status open_live_access(store::WriteView& view, Eui64 user, UserRole role, std::string_view source);
Result<bool> is_live_access_closed(const store::ReadView& view, Eui64 user, UserRole role);

}  // namespace meterway::registry
