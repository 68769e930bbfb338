#include "flow/answer/services.h"
#include "flow/answer/work.h"
#include "records/installation/hubs.h"
#include "records/registry/products.h"

namespace meterway::flow::answer {
namespace {

using registry::Device;
using registry::DeviceEvent;
using registry::DeviceState;

constexpr std::string_view kMustBeListed = "prenotification.certified";
/// Element of the body -> detail of the registry.
constexpr std::pair<const char*, const char*> kDetails[] = {{"DeviceManufacturer", "DeviceManufacturer"},
                                                            {"DeviceModel", "DeviceModel"},
                                                            {"SMETSCHTSVersion", "SMETSCHTSVersion"},
                                                            {"FirmwareVersion", "DeviceFirmwareVersion"},
                                                            {"ESMEVariant", "ESMEVariant"}};

Step<Device> read_body(const Work& work) {
  const auto& body = work.body();
  const auto eui = Eui64::parse(body.text_at("DeviceID"));
  const auto type = parse_device_type(body.text_at("DeviceType"));
  if (!eui || !type) return refuse(Refusal::Senseless, eui ? "DeviceType" : "DeviceID");
  Device device;
  device.eui = *eui;
  device.type = *type;
  for (const auto& [element, detail] : kDetails) {
    if (const auto text = body.text_at(element); !text.empty()) device.details[detail] = text;
  }
  if (device.type == DeviceType::CHF) device.hub = device.eui;
  if (device.type != DeviceType::ESME && !device.detail("ESMEVariant").empty())
    return refuse(Refusal::Senseless, "ESMEVariant: the device is no ESME");
  return device;
}

/// The GPF that a hub brings along.
Step<std::optional<Device>> read_gpf(const Work& work, const Device& hub) {
  const auto text = work.body().text_at("AssociatedGPFDeviceID");
  if (text.empty()) return std::optional<Device>();
  if (hub.type != DeviceType::CHF)
    return refuse(Refusal::Senseless, "AssociatedGPFDeviceID: the device is no Communications Hub");
  const auto eui = Eui64::parse(text);
  if (!eui) return refuse(Refusal::Senseless, "AssociatedGPFDeviceID");
  if (*eui == hub.eui) return refuse(Refusal::HubIsItsGpf, eui->dashed_upper() + " is to be both");
  Device gpf = hub;
  gpf.eui = *eui;
  gpf.type = DeviceType::GPF;
  return std::optional<Device>(std::move(gpf));
}

Step<void> check_new(const Work& work, Eui64 eui) {
  METERWAY_TRY(const auto there, kept(registry::find_device(work.view, eui)));
  if (there)
    return refuse(Refusal::DeviceKnown,
                  eui.dashed_upper() + " is in the inventory, " + std::string(registry::to_string(there->state)));
  METERWAY_TRY(const auto party, kept(registry::find_user(work.view, eui)));
  if (party || eui == work.context.broker)
    return refuse(Refusal::Senseless, "DeviceID: " + eui.dashed_upper() + " is a party's");
  return {};
}

/// By the dated rule; a list that nobody has loaded says of no model that it is on it.
Step<void> check_listed(const Work& work, const Device& device) {
  const auto today = calendar::date_of(work.now);
  const auto ruling = work.context.settings.rules.on(kMustBeListed, today);
  if (!ruling || ruling->value == "0") return {};
  const auto product = registry::product_of(device);
  std::optional<bool> listed;
  if (product) {
    METERWAY_TRY(const auto listings, kept(registry::listings_of(work.view, *product)));
    listed = registry::is_listed(listings, work.now);
  }
  if (listed.value_or(false)) return {};
  return refuse(Refusal::NotCertified, std::string(device.detail("DeviceModel")) + " version " +
                                           std::string(device.detail("DeviceFirmwareVersion")) +
                                           " is not on the certified product list; " + ruling->explain(today));
}

Step<void> enter(Work& work, Device device) {
  device.state = DeviceState::Pending;
  METERWAY_CHECK(kept(registry::put_life(work.view, device.eui, {work.user().eui, work.now, std::nullopt, ""})));
  return keep(work, device, DeviceState::Pending);
}

Step<void> note_hub(Work& work, const Device& hub) {
  LedgerWork ledger(work);
  METERWAY_TRY(auto premises, kept(installation::premises_of_notices(ledger.change(), hub.eui)));
  METERWAY_TRY(auto finding, kept(installation::note_hub(
                                 ledger.change(), {hub.eui, "pre_notified", std::string(hub.detail("DeviceModel")),
                                                   work.user().name, work.now, std::move(premises)})));
  note(work, "coverage", std::move(finding));
  return {};
}

Step<void> work_of(Work& work) {
  METERWAY_TRY(auto device, read_body(work));
  METERWAY_TRY(auto gpf, read_gpf(work, device));
  METERWAY_CHECK(check_new(work, device.eui));
  if (gpf) METERWAY_CHECK(check_new(work, gpf->eui));
  METERWAY_CHECK(check_listed(work, device));
  METERWAY_CHECK(enter(work, device));
  if (gpf) METERWAY_CHECK(enter(work, *gpf));
  return device.type == DeviceType::CHF ? note_hub(work, device) : Step<void>();
}

}  // namespace

Step<DccAnswer> prenotify(AuthorisedRequest&& authorised, const Context& context) {
  return answer_by(work_of, std::move(authorised), context);
}

}  // namespace meterway::flow::answer
