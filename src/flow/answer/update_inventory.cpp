#include "flow/answer/services.h"
#include "flow/answer/work.h"
#include "records/registry/request_record.h"
#include "records/registry/slots.h"

namespace meterway::flow::answer {
namespace {

using registry::Device;
using registry::DeviceEvent;
using registry::DeviceState;

struct NamedEvent {
  std::string_view word;
  DeviceEvent event;
};
constexpr NamedEvent kStates[] = {{"Pending", DeviceEvent::SetPending},
                                  {"InstalledNotCommissioned", DeviceEvent::SetInstalled},
                                  {"Commissioned", DeviceEvent::SetCommissioned},
                                  {"Withdrawn", DeviceEvent::SetWithdrawn}};

Step<void> set_state(Work& work, Device& device, std::string_view word, bool of_hub) {
  if ((device.type == DeviceType::CHF) != of_hub)
    return refuse(Refusal::DeviceType, "UpdateDeviceStatus" + std::string(of_hub ? "CH" : "ExceptCH") +
                                           " is not for a " + std::string(to_string(device.type)));
  for (const auto& one : kStates) {
    if (one.word == word) return happen(work, device, one.event);
  }
  return refuse(Refusal::Senseless, "no such state");
}

bool has_left(const Device& device) {
  return device.state == DeviceState::Decommissioned || device.state == DeviceState::Withdrawn;
}

Step<void> set_details(Work& work, Device& device, const duis::Element& details) {
  if (has_left(device))
    return refuse(Refusal::DeviceState, "the device is " + std::string(registry::to_string(device.state)));
  if (details.children.empty()) return refuse(Refusal::Senseless, "UpdateDeviceDetails: nothing to update");
  for (const auto& one : details.children) {
    if (one.name == "ESMEVariant" && device.type != DeviceType::ESME)
      return refuse(Refusal::Senseless, "ESMEVariant: the device is no ESME");
    device.details[one.name == "FirmwareVersion" ? "DeviceFirmwareVersion" : one.name.str()] = one.text;
  }
  return keep(work, device, device.state);
}

Step<void> set_mpxn(Work& work, Device& device, const duis::Element& update) {
  const bool electricity = device.type == DeviceType::ESME;
  if (!electricity && device.type != DeviceType::GSME)
    return refuse(Refusal::DeviceType, "a " + std::string(to_string(device.type)) + " has no metering point");
  if (has_left(device))
    return refuse(Refusal::DeviceState, "the device is " + std::string(registry::to_string(device.state)));
  const auto before = device;
  for (const auto& one : update.children) {
    if (!electricity && one.name != "ImportMPxN")
      return refuse(Refusal::Senseless, one.name + ": a gas meter has one metering point");
    device.details[one.name.str()] = one.text;
  }
  METERWAY_CHECK(check_may_have(work, before, device));
  METERWAY_CHECK(keep(work, device, device.state));
  return kept(registry::look_at_slots(work.view, device.eui));  // its network operator may be another
}

Step<void> leave(Work& work, const Device& device) {
  if (registry::find_state_row(DeviceEvent::Deleted, device.type, device.state) == nullptr)
    return refuse(Refusal::DeviceState, device.eui.dashed_upper() + " is " +
                                            std::string(registry::to_string(device.state)) +
                                            " and stays in the inventory");
  if (const auto since = device.detail("DateCommissioned"); !since.empty())
    return refuse(Refusal::DeviceState, device.eui.dashed_upper() + " was commissioned on " + std::string(since) +
                                            " and stays in the inventory");
  METERWAY_TRY(const auto open, kept(registry::open_requests_of(work.view, device.eui, {}, 1)));
  if (!open.empty()) return refuse(Refusal::DeviceState, "a command for it is on its way");
  METERWAY_CHECK(kept(registry::erase_device(work.view, device.eui, cause_of(work))));
  METERWAY_CHECK(kept(registry::erase_life(work.view, device.eui)));
  METERWAY_CHECK(kept(registry::forget_joins(work.view, device.eui)));
  note(work, "inventory", device.eui.dashed_upper() + " has left it");
  return {};
}

Step<void> leave_with_gpf(Work& work, const Device& device) {
  METERWAY_CHECK(leave(work, device));
  if (device.type != DeviceType::CHF) return {};
  METERWAY_TRY(const auto home, kept(registry::devices_of_hub(work.view, device.eui)));
  for (const auto& one : home) {
    if (one.type != DeviceType::GPF)
      return refuse(Refusal::DeviceState, one.eui.dashed_upper() + " is in the device log of the hub");
    METERWAY_CHECK(leave(work, one));
  }
  return {};
}

Step<void> work_of(Work& work) {
  METERWAY_TRY(auto device, named_device(work));
  METERWAY_CHECK(check_may_change(work, device));
  const auto& body = work.body();
  if (const auto* state = body.child("UpdateDeviceStatusExceptCH")) return set_state(work, device, state->text, false);
  if (const auto* state = body.child("UpdateDeviceStatusCH")) return set_state(work, device, state->text, true);
  if (const auto* details = body.child("UpdateDeviceDetails")) return set_details(work, device, *details);
  if (const auto* mpxn = body.child("UpdateMPxN")) return set_mpxn(work, device, *mpxn);
  return leave_with_gpf(work, device);
}

}  // namespace

Step<DccAnswer> update_inventory(AuthorisedRequest&& authorised, const Context& context) {
  return answer_by(work_of, std::move(authorised), context);
}

}  // namespace meterway::flow::answer
