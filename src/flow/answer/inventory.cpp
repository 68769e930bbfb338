#include "flow/answer/inventory.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace meterway::flow::answer {
namespace {

/// DUIS has no word for the others.
bool is_duis_type(DeviceType type) { return type != DeviceType::Unknown && type != DeviceType::SAPC; }

/// Whether the query names this device directly. Post code and house must both fit: an address that matches in part
/// would show another home.
bool is_named(const duis::Element& query, const registry::Device& device) {
  if (const auto* mpxn = query.child("MPxN")) {
    return device.detail("ImportMPxN") == mpxn->text || device.detail("SecondaryImportMPAN") == mpxn->text ||
           device.detail("ExportMPAN") == mpxn->text;
  }
  if (const auto* uprn = query.child("UPRN")) return device.detail("UPRN") == uprn->text;
  if (const auto* filter = query.child("PropertyFilter")) {
    return !filter->text_at("PostCode").empty() && device.detail("PostCode") == filter->text_at("PostCode") &&
           device.detail("AddressIdentifier") == filter->text_at("AddressIdentifier");
  }
  return false;
}

/// What the query may be about: the devices that it names, and their homes.
Result<std::vector<registry::Device>> candidates(const duis::Element& query, const store::ReadView& view) {
  std::vector<registry::Device> named;
  if (const auto* device = query.child("DeviceID")) {
    METERWAY_TRY(const auto eui, Eui64::parse(device->text));
    METERWAY_TRY(auto found, registry::find_device(view, eui));
    if (found) named.push_back(std::move(*found));
  } else if (const auto* mpxn = query.child("MPxN")) {
    METERWAY_TRY(named, registry::devices_with(view, registry::DeviceProperty::MeteringPoint, mpxn->text));
  } else if (const auto* uprn = query.child("UPRN")) {
    METERWAY_TRY(named, registry::devices_with(view, registry::DeviceProperty::Uprn, uprn->text));
  } else if (const auto* filter = query.child("PropertyFilter")) {
    METERWAY_TRY(named, registry::devices_with(view, registry::DeviceProperty::PostCode, filter->text_at("PostCode")));
    std::erase_if(named, [&](const auto& one) { return !is_named(query, one); });
  }
  std::set<Eui64> hubs;
  std::map<Eui64, registry::Device> all;
  for (auto& device : named) {
    if (device.hub) hubs.insert(*device.hub);
    all.emplace(device.eui, std::move(device));
  }
  for (const auto hub : hubs) {
    METERWAY_TRY(auto home, registry::devices_of_hub(view, hub));
    for (auto& device : home) all.emplace(device.eui, std::move(device));
    if (all.size() > duis::kMostInventoryDevices) break;
  }
  std::vector<registry::Device> out;
  for (auto& [eui, device] : all) out.push_back(std::move(device));
  return out;
}

using Entry = duis::InventoryDevice;
/// Detail of the registry -> where DSPInventory has it; the property is apart, as it is one element of two.
constexpr std::pair<std::string_view, std::string_view Entry::*> kDetails[] = {
    {"DeviceManufacturer", &Entry::manufacturer},
    {"DeviceModel", &Entry::model},
    {"SMETSCHTSVersion", &Entry::smets_chts_version},
    {"DeviceFirmwareVersion", &Entry::firmware_version},
    {"DeviceFirmwareVersionStatus", &Entry::firmware_version_status},
    {"CPLStatus", &Entry::cpl_status},
    {"DateCommissioned", &Entry::date_commissioned},
    {"ImportMPxN", &Entry::import_mpxn},
    {"SecondaryImportMPAN", &Entry::secondary_import_mpan},
    {"ExportMPAN", &Entry::export_mpan},
    {"ESMEVariant", &Entry::esme_variant},
    {"UPRN", &Entry::uprn},
    {"CSPRegion", &Entry::csp_region},
    {"DeviceGBCSVersion", &Entry::gbcs_version},
    {"HANVariant", &Entry::han_variant},
    {"S1SP", &Entry::s1sp},
    {"Connectivity", &Entry::connectivity},
};

}  // namespace

Result<std::vector<registry::Device>> select(const duis::Element& query, const std::vector<registry::Device>& all) {
  std::set<Eui64> wanted;
  std::set<Eui64> hubs;
  if (const auto* named = query.child("DeviceID")) {
    METERWAY_TRY(const auto eui, Eui64::parse(named->text));
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& device) { return device.eui == eui; });
    if (found == all.end()) return fail(ErrorCode::NotFound, 0, "device");
    wanted.insert(eui);
    if (found->hub) hubs.insert(*found->hub);
  }
  for (const auto& device : all) {
    if (!is_named(query, device)) continue;
    wanted.insert(device.eui);
    if (device.hub) hubs.insert(*device.hub);
  }
  std::vector<registry::Device> out;
  for (const auto& device : all) {
    const bool home = device.hub && hubs.count(*device.hub) != 0;
    if ((home || wanted.count(device.eui) != 0) && is_duis_type(device.type)) out.push_back(device);
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return (a.type == DeviceType::CHF) > (b.type == DeviceType::CHF);
  });
  if (out.size() > duis::kMostInventoryDevices) out.resize(duis::kMostInventoryDevices);
  return out;
}

duis::InventoryDevice inventory_entry(const registry::Device& device) {
  Entry out;
  out.id = device.eui;
  out.type = device.type;
  // In recorded answers a consumer access device has no status; an IHD has no life cycle here either.
  if (device.type != DeviceType::IHD && device.type != DeviceType::CAD) out.status = registry::to_string(device.state);
  for (const auto& [name, member] : kDetails) out.*member = device.detail(std::string(name));
  const auto address = device.detail("AddressIdentifier");
  if (!address.empty()) {  // without it the schema has no place for the post code
    out.post_code = device.detail("PostCode");
    out.address_identifier = address;
  }
  return out;
}

Step<DccAnswer> answer(AuthorisedRequest&& authorised, const Context& context) {
  if (authorised.service->variant != "8.2") {
    return refuse(Refusal::NotCarried,
                  "service " + std::string(authorised.service->variant) + " is understood but not carried yet");
  }
  std::vector<registry::Device> found;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    const auto& query = authorised.verified.request.body;
    METERWAY_TRY(const auto near, candidates(query, view));
    METERWAY_TRY(found, select(query, near));
    return {};
  });
  if (!read && read.error().code == ErrorCode::NotFound)
    return refuse(Refusal::NoDevice, "the inventory has no such device");
  if (!read) return refuse(read.error());
  if (found.empty()) return DccAnswer{std::move(authorised), std::nullopt};
  std::vector<Entry> entries;
  for (const auto& device : found) entries.push_back(inventory_entry(device));
  return DccAnswer{std::move(authorised), duis::inventory(entries)};
}

}  // namespace meterway::flow::answer
