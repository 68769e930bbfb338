#include "standard/duis/response_body.h"

#include <algorithm>

#include "base/util/base64.h"

namespace meterway::duis {
namespace {

Element with_children(std::string_view name, std::vector<Element> children) {
  Element out;
  out.name = name;
  out.children = std::move(children);
  return out;
}

/// "8F66": alert codes are written in upper case.
std::string upper_hex(MessageCode code) {
  std::string text = code.hex();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
  return text;
}

void add(Element& parent, std::string_view name, std::string_view text) {
  if (!text.empty()) parent.children.push_back(text_element(name, text));
}

Element device_element(const InventoryDevice& device) {
  Element out;
  out.name = "Device";
  add(out, "DeviceID", device.id.dashed_upper());
  add(out, "DeviceType", to_string(device.type));
  add(out, "DeviceStatus", device.status);
  out.children.push_back(text_element("DeviceManufacturer", device.manufacturer));
  out.children.push_back(text_element("DeviceModel", device.model));
  add(out, "SMETSCHTSVersion", device.smets_chts_version);
  add(out, "DeviceFirmwareVersion", device.firmware_version);
  add(out, "DeviceFirmwareVersionStatus", device.firmware_version_status);
  add(out, "CPLStatus", device.cpl_status);
  add(out, "DateCommissioned", device.date_commissioned);
  add(out, "ImportMPxN", device.import_mpxn);
  add(out, "SecondaryImportMPAN", device.secondary_import_mpan);
  add(out, "ExportMPAN", device.export_mpan);
  add(out, "ESMEVariant", device.esme_variant);
  add(out, "UPRN", device.uprn);
  if (!device.post_code.empty()) {
    out.children.push_back(with_children(
        "PropertyFilter",
        {text_element("PostCode", device.post_code), text_element("AddressIdentifier", device.address_identifier)}));
  }
  add(out, "CSPRegion", device.csp_region);
  add(out, "DeviceGBCSVersion", device.gbcs_version);
  add(out, "HANVariant", device.han_variant);
  add(out, "S1SP", device.s1sp);
  add(out, "Connectivity", device.connectivity);
  return out;
}

void add_storm(Element& parent, const std::optional<Throttled>& storm) {
  if (!storm) return;
  parent.children.push_back(text_element("ThrottledAlertSequenceId", std::to_string(storm->sequence_id)));
  parent.children.push_back(text_element("ThrottledAlertCount", std::to_string(storm->count)));
}

}  // namespace

Element text_element(std::string_view name, std::string_view text) {
  Element out;
  out.name = name;
  out.text = text;
  return out;
}

Element payload_element(std::string_view name, ByteView bytes) { return text_element(name, to_base64(bytes)); }

Element response_message(std::string_view reference, std::string_view variant, std::optional<Element> content) {
  Element out = with_children("ResponseMessage", {text_element("ServiceReference", reference),
                                                  text_element("ServiceReferenceVariant", variant)});
  if (content) out.children.push_back(*std::move(content));
  return out;
}

Element gbcs_payload(ByteView message) { return payload_element("GBCSPayload", message); }

Element pre_command(std::string_view gbcs_version, ByteView message) {
  return with_children("PreCommand", {text_element("GBCSVersion", gbcs_version), gbcs_payload(message)});
}

Element local_command(ByteView message) { return with_children("LocalCommand", {gbcs_payload(message)}); }

Element cin_message(ByteView message, std::string_view customer_identification_number) {
  return with_children("CINMessage", {gbcs_payload(message),
                                      text_element("CustomerIdentificationNumber", customer_identification_number)});
}

Element scheduled_message(ByteView message, std::uint64_t id) {
  return with_children("DSPScheduledMessage", {gbcs_payload(message), schedule_id(id)});
}

Element schedule_id(std::uint64_t id) { return text_element("DSPScheduleID", std::to_string(id)); }

Element future_dated_device_alert(MessageCode alert_code, ByteView message, std::uint16_t instruction,
                                  std::uint16_t total) {
  return with_children("FutureDatedDeviceAlertMessage",
                       {text_element("FutureDatedAlertCode", upper_hex(alert_code)), gbcs_payload(message),
                        text_element("InstructionNumber", std::to_string(instruction)),
                        text_element("TotalCommandInstructions", std::to_string(total))});
}

Element inventory(const std::vector<InventoryDevice>& devices) {
  Element out;
  out.name = "DSPInventory";
  for (const auto& device : devices) out.children.push_back(device_element(device));
  return out;
}

Element device_alert_message(MessageCode alert_code, ByteView message, std::optional<Throttled> storm) {
  auto out = with_children("DeviceAlertMessage", {text_element("AlertCode", upper_hex(alert_code))});
  add_storm(out, storm);
  out.children.push_back(gbcs_payload(message));
  return out;
}

Element dcc_alert_message(std::string_view alert_code, Element alert, std::optional<Throttled> storm) {
  auto out = with_children("DCCAlertMessage", {text_element("DCCAlertCode", alert_code)});
  add_storm(out, storm);
  out.children.push_back(with_children("DCCAlert", {std::move(alert)}));
  return out;
}

}  // namespace meterway::duis
