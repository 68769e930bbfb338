#include "records/access/claim.h"

#include <algorithm>

#include "records/registry/lifecycle.h"

namespace meterway::access {
namespace {

using registration::Holder;
using registry::Device;

bool is_appointed(UserRole role, const Claim& claim) {
  return role != UserRole::OU && role != UserRole::RSA && claim.service.eligible(role);
}

bool is_supplier(UserRole role) { return role == UserRole::IS || role == UserRole::ES || role == UserRole::GS; }
bool is_supplier(const Claim& claim) {
  return std::any_of(claim.user.roles.begin(), claim.user.roles.end(),
                     [&](UserRole role) { return claim.service.eligible(role) && is_supplier(role); });
}

bool stands(const Claim& claim, const Device& device, const std::vector<Holder>& holders) {
  return std::any_of(claim.user.roles.begin(), claim.user.roles.end(), [&](UserRole role) {
    return is_appointed(role, claim) && standing_of(claim.user, role, device, holders, claim.at) >= Standing::Listed;
  });
}

/// Whether anything says who is responsible for it, and whether this User is.
struct Say {
  bool known = false;
  bool responsible = false;
};
Result<Say> say_of(const store::ReadView& view, const Claim& claim, const Device& device) {
  METERWAY_TRY(const auto holders, registration::holders_of(view, device, claim.at));
  const bool known = !holders.empty() || !device.responsible.empty() || registration::names_unreadable_point(device);
  return Say{known, stands(claim, device, holders)};
}

}  // namespace

Result<bool> may_change(const store::ReadView& view, const Claim& claim, const Device& device) {
  METERWAY_TRY(auto say, say_of(view, claim, device));
  const bool of_hub = device.type == DeviceType::CHF || device.type == DeviceType::GPF;
  if (!say.responsible && of_hub && device.hub) {
    METERWAY_TRY(const auto home, registry::devices_of_hub(view, *device.hub));
    for (const auto& one : home) {
      METERWAY_TRY(const auto its, say_of(view, claim, one));
      say.known |= its.known;
      say.responsible |= its.responsible;
    }
  }
  if (say.responsible) return true;
  METERWAY_TRY(const auto life, registry::life_of(view, device.eui));
  const bool never_at_work =
      device.state == registry::DeviceState::Pending && device.detail("DateCommissioned").empty();
  if (life.notified_by) return *life.notified_by == claim.user.eui && (!say.known || never_at_work);
  return !say.known && is_supplier(claim);
}

Result<std::optional<std::string_view>> point_of_another(const store::ReadView& view, const Claim& claim,
                                                         const Device& before, const Device& after) {
  for (const auto name : kPoints) {
    const std::string key(name);
    const auto text = after.detail(key);
    if (text.empty() || text == before.detail(key)) continue;
    Device named;
    named.details[key] = text;
    Device there = named;  // whatever the point is registered as, import or export
    for (const auto* either : {"ImportMPxN", "ExportMPAN"}) there.details[either] = text;
    METERWAY_TRY(const auto holders, registration::holders_of(view, there, claim.at));
    if (holders.empty()) continue;
    const auto roles = registration::roles_of(named);
    // The device's own list says whose it is in a role only where registration data know no supplier of the point.
    for (const auto& entry : after.responsible) {
      const bool goes_with =
          std::any_of(roles.begin(), roles.end(), [&](const auto& one) { return one.first == entry.role; });
      if (goes_with &&
          std::none_of(holders.begin(), holders.end(), [](const auto& one) { return is_supplier(one.role); }))
        there.responsible.push_back(entry);
    }
    if (!stands(claim, there, holders)) return std::optional(name);
  }
  return std::optional<std::string_view>();
}

Result<bool> is_responsible(const store::ReadView& view, const Claim& claim, const Device& device) {
  METERWAY_TRY(const auto say, say_of(view, claim, device));
  return say.responsible;
}

}  // namespace meterway::access
