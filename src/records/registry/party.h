#pragma once
#include <string>
#include <vector>

#include "records/store/store.h"
#include "standard/ids/ids.h"
#include "standard/ids/market.h"

/// Who may ask, and what is installed: the facts that decisions are made from. Functions take a view, so that a
/// decision and the change it leads to can share one transaction.
namespace meterway::registry {

/// Only a Live User is served; the others are known but refused (response code E3).
enum class UserState : std::uint8_t { Live, Suspended, NotYetLive };

/// Under which name registration data know a User in one of its roles.
struct Participation {
  UserRole role = UserRole::IS;
  MarketParticipant participant;
  friend bool operator==(const Participation&, const Participation&) = default;
};

/// A User: one EUI-64 and the roles it acts in. The roles are not in the request; a request is allowed when one of
/// them is eligible.
struct User {
  Eui64 eui;
  std::string name;
  std::vector<UserRole> roles;
  UserState state = UserState::Live;
  std::string push_url;                 ///< where responses and alerts are delivered; empty: kept until it is known
  bool takes_gzip = true;               ///< a large push may come compressed
  std::uint32_t pushes_per_second = 0;  ///< never more than agreed; 0: no such agreement
  std::vector<Participation> participants{};  ///< several for a role that was bought together with another firm

  bool is_participant(UserRole role, MarketParticipant who) const;
};

/// Errors: Database; BadJson, BadValue or Truncated when a stored record cannot be read.
Result<std::optional<User>> find_user(const store::ReadView& view, Eui64 eui);
Result<std::vector<User>> all_users(const store::ReadView& view);
/// Those that registration data know by this name in this role, in the order of their EUI-64s. Reads no User.
Result<std::vector<Eui64>> users_that_are(const store::ReadView& view, UserRole role, MarketParticipant who);
Status put_user(store::WriteView& view, const User& user);
/// Errors besides: NotFound.
Status erase_user(store::WriteView& view, Eui64 eui);

Result<UserState> parse_user_state(std::string_view text);
std::string_view to_string(UserState state);

}  // namespace meterway::registry
