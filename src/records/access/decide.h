#pragma once
#include <array>
#include <optional>
#include <string>

#include "records/access/tables.h"
#include "records/registration/registration.h"
#include "records/registry/party.h"
#include "records/registry/slots.h"

namespace meterway::access {

/// What stands for or against a User in one role at a device, in the order in which it counts.
enum class Standing : std::uint8_t {
  NotNamed,    ///< registration data do not know the role, and the device's own list does not name the User in it
  Nobody,      ///< registration data: nobody has the role now; or no list, and a point that cannot be read
  Another,     ///< registration data: another has it
  Unsaid,      ///< registration data have no row of its points, and there is no list: whatever the role
  Listed,      ///< the device's own list names the User
  Registered,  ///< registration data name it
};
std::string_view to_string(Standing standing);

/// `load`, when asked for: the number of the load of registration data that said so, 0 when none did.
Standing standing_of(const registry::User& user, UserRole role, const registry::Device& device,
                     const std::vector<registration::Holder>& holders, UtcTime at, std::uint32_t* load = nullptr);

/// All that a decision is made from, besides the tables: small, without a pointer to anything that may change, so that
/// it can be written down (write_facts) and decided on again.
struct Facts {
  const duis::Service* service = nullptr;
  bool user_known = false;
  registry::UserState user_state = registry::UserState::Live;
  duis::RoleSet roles = 0;
  bool to_dcc = false;  ///< the target is the DCC
  bool device_known = false;
  DeviceType type = DeviceType::Unknown;
  DeviceState state = DeviceState::Pending;
  std::array<Standing, kRoles> standing{};   ///< by role, of those that the User has
  std::array<std::uint32_t, kRoles> load{};  ///< number of the load of registration data that said so; 0: none
  bool leave = false;                        ///< to hand over a wrong network operator cell (6.15.1)
  UtcTime at{};
  friend bool operator==(const Facts&, const Facts&) = default;
};

/// Everything as it is in the records at one moment: user and device may be missing.
Facts facts_of(const duis::Service& service, const std::optional<registry::User>& user,
               const std::optional<registry::Device>& device, const std::vector<registration::Holder>& holders,
               const std::optional<registry::Correction>& correction, bool to_dcc, UtcTime at);

/// Names are those of spec/refusals.tsv.
enum class Reason : std::uint8_t {
  Allowed,
  CommandVariant,
  NoLocalCommand,
  WrongService,
  NoUser,
  UserNotLive,
  RoleNotEligible,
  NoDevice,
  DeviceType,
  DeviceState,
  NotResponsible,
};
std::string_view to_string(Reason reason);

struct Decision {
  Reason reason = Reason::Allowed;
  const Row* rule = nullptr;     ///< that decided: the one not met, or the last of those that were
  std::optional<UserRole> role;  ///< in which the User is allowed, or came farthest
  bool by_leave = false;
  bool allowed() const { return reason == Reason::Allowed; }
};

/// May the User ask this service of this device at that moment? Depends on nothing but its arguments. The order of
/// refusals is that of Reason from NoUser on; of several roles the one that comes farthest counts.
Decision decide(const Facts& facts, const Tables& tables = Tables::standard());

/// Whether a request can come with this command variant, and to this web service: depends on nobody.
Decision decide_command(const duis::Service& service, CommandVariant variant,
                        std::optional<duis::WebService> web_service, UtcTime at,
                        const Tables& tables = Tables::standard());

/// What an event says of a decision, so that it can be made again. Nobody's name can be read from it.
///   rule responsible.IS allowed as IS; facts 4.1.1/2026-06-01T00:00:00.000000Z/IS+GS/live/ESME/Commissioned/
///   IS:registered#3,GS:another/-        (in one line; # is the number of a load of registration data)
std::string write_facts(const Decision& decision, const Facts& facts);
struct Recorded {
  std::string rule;
  Reason reason = Reason::Allowed;
  Facts facts;
};
/// From an event's detail. Errors: NotFound when none stands there, BadValue when it cannot be read.
Result<Recorded> read_facts(std::string_view detail);

}  // namespace meterway::access
