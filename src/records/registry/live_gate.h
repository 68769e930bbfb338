#pragma once
#include <optional>

#include "records/store/store.h"
#include "standard/ids/ids.h"

/// What keeps a role from live systems: Director's letters with open steps, assurance statuses that do not pass.
/// put_user() refuses to enable a role that is closed here; one that is enabled already stays so.
///
/// Source: governance.md 7, seed A42.
/// Rows:   "live-gate"  User:16 hexadecimal, or party as folded_name() has it 00; role:2 00 source ->
/// nothing
namespace meterway::registry {

/// A role of a party, whichever User of that name acts in it, and of a User whatever it is called.
struct LiveGate {
  std::string party;
  UserRole role;
  std::optional<Eui64> user;
};

/// `source`: the record that closes it. Several may; the role is open when none is left.
Status close_live_access(store::WriteView& view, const LiveGate& gate, std::string_view source);
/// Also when it was not closed by that source.
Status open_live_access(store::WriteView& view, const LiveGate& gate, std::string_view source);
/// For the User of this name.
Result<bool> is_live_access_closed(const store::ReadView& view, Eui64 user, std::string_view name, UserRole role);

}  // namespace meterway::registry
