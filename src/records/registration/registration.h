#pragma once
#include <functional>

#include "records/registration/address.h"
#include "records/registration/point.h"
#include "records/registry/device.h"
#include "records/registry/party.h"

/// The one dated store of registration data, whoever they came from: points, their addresses, their past, and the loads
/// that brought them. Decisions read it by the moment that they are made for.
///
/// Rows:  "registration"          point:6 -> point.h
///        "registration-was"      point:6 -> source and role:1 from:4 who:4 load:4 by:4, appended
///        "registration-staged"   load:4 point:6 -> operations, appended
///        "registration-staged-postcode"  load:4, then as "registration-postcode" -> empty
///        "registration-live"     "" -> load:4 at:8 each: on, and not yet brought into the rows of the points
///        "registration-sender"   id -> JSON
///        "registration-load"     sender 00 sequence:8 -> load
///        "registration-number"   load:4 -> sender 00 sequence:8
///        "registration-outcome"  load:4 line:4 -> kind:1, a length and the bytes of: point, reason
namespace meterway::registration {

/// Nothing when no source has ever named the point.
Result<std::optional<Point>> find_point(const store::ReadView& view, Mpxn mpxn);
/// What has been taken away, in the order in which it was.
Result<std::vector<Was>> past_of(const store::ReadView& view, Mpxn mpxn);
/// Points in the order of their keys, from this key on. Loads that are on and not yet brought in are not among them.
Result<std::vector<Point>> points_from(const store::ReadView& view, std::string_view from, std::string_view to,
                                       std::size_t limit);
/// Who has the role at that moment; nobody, or no such point: empty.
Result<MarketParticipant> registrant(const store::ReadView& view, Mpxn mpxn, UserRole role, UtcTime at);

/// Who is registered for a device, by the metering points that it names: of each role at a point that registration data
/// know of, who has it at the moment.
struct Holder {
  UserRole role = UserRole::IS;
  Mpxn mpxn;
  MarketParticipant who;   ///< empty: nobody now
  std::uint32_t load = 0;  ///< that said so, 0 when nothing did
  bool said = true;        ///< false: the point is known, but nothing is said of this role, or not any more
};
/// Empty: registration data know none of its points, or it names none.
Result<std::vector<Holder>> holders_of(const store::ReadView& view, const registry::Device& device, UtcTime at);
/// The Users that act for a participant in this role: who is meant by a holder.
Result<std::vector<Eui64>> users_of(const store::ReadView& view, UserRole role, MarketParticipant who);
/// Who is network operator of a device at that moment: by registration data where they know the role, by the device's
/// own list otherwise. Empty: neither names a User.
Result<std::vector<Eui64>> network_operators(const store::ReadView& view, const registry::Device& device, UtcTime at);
/// Whether what it names as a metering point cannot be read as one: nobody can say whose that is.
bool names_unreadable_point(const registry::Device& device);
/// Roles that go with a point that a device names so: import, export, gas. Names that cannot be read have none.
std::vector<std::pair<UserRole, Mpxn>> roles_of(const registry::Device& device);

}  // namespace meterway::registration
