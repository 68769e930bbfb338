#include "flow/correlate/alert_recipients.h"

#include <algorithm>
#include <set>

#include "standard/gbcs/alerts.h"

namespace meterway::flow::correlate {
namespace {

using gbcs::AlertSure;

void add_responsible(const registry::Device& device, duis::RoleSet roles, UtcTime now, std::set<Eui64>& out) {
  for (const auto& entry : device.responsible) {
    const bool then = (!entry.from || *entry.from <= now) && (!entry.until || now < *entry.until);
    if (then && (roles & duis::role_bit(entry.role)) != 0) out.insert(entry.user);
  }
}

/// "Supply Armed; its route is unconfirmed"
std::string words_of(MessageCode code, const gbcs::AlertRoute* route) {
  std::string out(gbcs::alert_name(code.value));
  if (out.empty()) out = "an alert without a name";
  if (route == nullptr) return out + "; no row says who is told of it";
  if (route->sure == AlertSure::Unconfirmed) out += "; its route is unconfirmed";
  if (route->sure == AlertSure::ToldUnconfirmed) out += "; who is told of it is unconfirmed";
  return out;
}

}  // namespace

Result<std::vector<Eui64>> responsible_for_alert(const store::ReadView& view, const registry::Device& device,
                                                 duis::RoleSet roles, UtcTime now) {
  std::set<Eui64> users;
  add_responsible(device, roles, now, users);
  if (device.responsible.empty() && device.hub) {
    METERWAY_TRY(const auto near, registry::devices_of_hub(view, *device.hub));
    for (const auto& other : near) {
      if (other.type == DeviceType::ESME || other.type == DeviceType::GSME) add_responsible(other, roles, now, users);
    }
  }
  return std::vector<Eui64>(users.begin(), users.end());
}

Result<AlertRecipients> alert_recipients(const store::ReadView& view, const gbcs::Message& alert, MessageCode code,
                                         const Context& context, UtcTime now) {
  const auto& header = alert.header;
  AlertRecipients out;
  METERWAY_TRY(const auto device, registry::find_device(view, header.originator));
  if (device) out.route = gbcs::find_alert_route(code.value, device->type);
  out.words = words_of(code, out.route);
  const auto told = out.route == nullptr ? AlertTold{true, 0} : told_by(*out.route, context.settings.alert_routes);
  // A party that the device names gets what it was sent, but where configuration says otherwise of an unconfirmed row.
  const bool named = told.addressee || out.route == nullptr || out.route->sure != AlertSure::Unconfirmed ||
                     context.settings.alert_routes.count(code.value) == 0;
  out.kept = !named;
  if (named) {
    METERWAY_TRY(const auto user, registry::find_user(view, header.target));
    if (user) out.addressee = user->eui;
    if (header.supplementary_party && *header.supplementary_party != header.target) {
      METERWAY_TRY(const auto second, registry::find_user(view, *header.supplementary_party));
      if (second) out.second = second->eui;
    }
  }
  if (!device || told.roles == 0) return out;
  METERWAY_TRY(out.responsible, responsible_for_alert(view, *device, told.roles, now));
  std::erase_if(out.responsible, [&](Eui64 user) { return user == out.addressee || user == out.second; });
  return out;
}

}  // namespace meterway::flow::correlate
