#include "flow/authorise/authorise.h"

#include <algorithm>

#include "standard/gbcs/use_cases.h"

namespace meterway::flow::authorise {
namespace {

using registry::DeviceState;

/// Calls `visit` for each word until it says true.
template <class Visit>
bool any_word(std::string_view words, char separator, Visit visit) {
  while (!words.empty()) {
    const auto end = words.find(separator);
    if (visit(words.substr(0, end))) return true;
    if (end == std::string_view::npos) return false;
    words.remove_prefix(end + 1);
  }
  return false;
}

/// Services that bring a device in, or look after one that is not at work. Ours: the standard's table of states per
/// service is not public.
constexpr std::string_view kBeforeInstallation[] = {"8.1.1", "8.4",   "8.5",    "8.7.1",  "8.7.2",
                                                    "8.8.1", "8.8.2", "6.24.1", "6.24.2", "6.21"};
constexpr std::string_view kWhileSuspended[] = {"11.2",   "11.3",  "11.1",  "8.3",   "6.15.1",
                                                "6.15.2", "8.7.1", "8.7.2", "8.8.1", "8.8.2"};

template <std::size_t Count>
bool contains(const std::string_view (&list)[Count], std::string_view wanted) {
  return std::find(std::begin(list), std::end(list), wanted) != std::end(list);
}

Step<const duis::Service*> known_service(const VerifiedRequest& verified) {
  const auto& request = verified.request;
  const auto* service = duis::find_service(request.service_reference_variant);
  if (service == nullptr) return refuse(Refusal::NotSchema, "there is no service " + request.service_reference_variant);
  const auto cv = request.command_variant;
  const auto number = std::to_string(static_cast<int>(cv));
  if (!service->permits(cv)) {
    // The same request over the WAN would do: it is the local form that is not offered.
    const auto over_wan = is_signed(cv) ? CommandVariant::SendSigned : CommandVariant::SendCommand;
    const bool local_alone = is_local(cv) && service->permits(over_wan);
    return refuse(local_alone ? Refusal::NoLocalCommand : Refusal::CommandVariant,
                  "command variant " + number + " is not one of service " + std::string(service->variant));
  }
  if (service->web_service(cv) != verified.received.service) {
    return refuse(Refusal::WrongService, "command variant " + number + " of this service belongs to service" +
                                             static_cast<char>(service->web_service(cv)));
  }
  return service;
}

Status read_parties(const store::ReadView& view, const RequestId& id, std::optional<registry::User>& user,
                    std::optional<registry::Device>& device) {
  METERWAY_TRY(user, registry::find_user(view, id.originator));
  METERWAY_TRY(device, registry::find_device(view, id.target));
  return {};
}

Step<void> check_user(Eui64 eui, const std::optional<registry::User>& user, const duis::Service& service) {
  if (!user || user->roles.empty()) return refuse(Refusal::NoUser, eui.dashed_upper() + " is no User");
  if (user->state != registry::UserState::Live)
    return refuse(Refusal::UserNotLive, "the User is " + std::string(to_string(user->state)));
  if (std::none_of(user->roles.begin(), user->roles.end(), [&](UserRole role) { return service.eligible(role); }))
    return refuse(Refusal::RoleNotEligible, "no role of the User may ask for service " + std::string(service.variant));
  return {};
}

Step<void> check_device(Eui64 eui, const std::optional<registry::Device>& device, const registry::User& user,
                        const duis::Service& service, UtcTime now) {
  if (!device) return refuse(Refusal::NoDevice, eui.dashed_upper() + " is not in the inventory");
  const std::string what = std::string(to_string(device->type)) + " " + eui.dashed_upper();
  if (!fits(service, device->type))
    return refuse(Refusal::DeviceType, "service " + std::string(service.variant) + " is not for a " + what);
  if (!allows(device->state, service))
    return refuse(Refusal::DeviceState, what + " is " + std::string(registry::to_string(device->state)));
  if (!is_responsible(user, service, *device, now))
    return refuse(Refusal::NotResponsible, "not responsible for the " + what);
  return {};
}

}  // namespace

bool is_responsible(const registry::User& user, const duis::Service& service, const registry::Device& device,
                    UtcTime now) {
  if (device.responsible.empty()) return true;
  for (const auto role : user.roles) {
    if (!service.eligible(role)) continue;
    // Other Users and registered supplier agents are not appointed to a metering point: the registry has no say.
    if (role == UserRole::OU || role == UserRole::RSA) return true;
    for (const auto& entry : device.responsible) {
      const bool then = (!entry.from || *entry.from <= now) && (!entry.until || now < *entry.until);
      if (entry.role == role && entry.user == user.eui && then) return true;
    }
  }
  return false;
}

bool fits(const duis::Service& service, DeviceType type) {
  return any_word(service.use_cases, ' ', [&](std::string_view tag) {
    const auto* row = gbcs::find_use_case(tag);
    if (row == nullptr) return false;
    // The common use cases (CS..) are for every kind of device, the two top-ups apart.
    if (tag.starts_with("CS") && !tag.starts_with("CS01")) return type != DeviceType::Unknown;
    return any_word(row->device_types, '/', [&](std::string_view name) { return name == to_string(type); });
  });
}

bool allows(DeviceState state, const duis::Service& service) {
  switch (state) {
    case DeviceState::InstalledNotCommissioned:
    case DeviceState::Commissioned:
    case DeviceState::Recovered:
      return true;
    case DeviceState::Pending:
    case DeviceState::Whitelisted:
      return contains(kBeforeInstallation, service.variant);
    case DeviceState::Suspended:
    case DeviceState::Recovery:
      return contains(kWhileSuspended, service.variant);
    case DeviceState::Decommissioned:
    case DeviceState::Withdrawn:
      return false;
  }
  return false;
}

Step<AuthorisedRequest> authorise(VerifiedRequest&& verified, const Context& context) {
  METERWAY_TRY(const auto* service, known_service(verified));
  const auto& id = verified.request.id;
  std::optional<registry::User> user;
  std::optional<registry::Device> device;
  const auto read =
      context.store.read([&](const store::ReadView& view) { return read_parties(view, id, user, device); });
  if (!read) return refuse(read.error());

  METERWAY_CHECK(check_user(id.originator, user, *service));
  if (service->non_device) {
    if (id.target != context.broker)
      return refuse(Refusal::DeviceType, "service " + std::string(service->variant) + " is addressed to the DCC, " +
                                             context.broker.dashed_upper());
    device.reset();
  } else {
    METERWAY_CHECK(check_device(id.target, device, *user, *service, context.clock.now()));
  }
  if (verified.reused) return refuse(Refusal::RequestIdReused, "this RequestID came before with other content");
  verified.received.hops.push_back({"authorise",
                                    "passed",
                                    "service " + std::string(service->variant) + " for " + user->name,
                                    {},
                                    context.clock.now()});
  AuthorisedRequest out{std::move(verified), service, std::move(*user), std::move(device)};
  return out;
}

Step<void> still_allowed(const registry::RequestRecord& record, const Context& context) {
  const auto* service = duis::find_service(record.service);
  if (service == nullptr) return refuse(Refusal::NotSchema, "there is no service " + record.service);
  std::optional<registry::User> user;
  std::optional<registry::Device> device;
  const auto read =
      context.store.read([&](const store::ReadView& view) { return read_parties(view, record.id, user, device); });
  if (!read) return refuse(read.error());
  METERWAY_CHECK(check_user(record.id.originator, user, *service));
  return check_device(record.id.target, device, *user, *service, context.clock.now());
}

}  // namespace meterway::flow::authorise
