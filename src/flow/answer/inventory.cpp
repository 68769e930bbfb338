#include "flow/answer/inventory.h"

#include <utility>

#include "flow/answer/inventory_search.h"

namespace meterway::flow::answer {
namespace {

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

Step<DccAnswer> read_inventory(AuthorisedRequest&& authorised, const Context& context) {
  const auto& query = authorised.verified.request.body;
  SearchResult found;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, search(view, query, authorised.user, context.clock.now()));
    return {};
  });
  if (!read) return refuse(read.error());
  const auto key = key_of(query);
  bool allowed = false;
  const auto noted = context.store.write([&](store::WriteView& view) -> Status {
    const auto who = searcher_of(authorised.user.eui, "request " + authorised.verified.request.id.text());
    METERWAY_TRY(allowed, note_search(view, who, key, found.value, context));
    return {};
  });
  if (!noted) return refuse(noted.error());
  if (!allowed)
    return refuse(Refusal::TooManySearches, "more inventory searches by address in an hour than are allowed");
  // What is not there and what the User may not be told of are told alike.
  if (found.devices.empty() && key.kind == SearchKey::Kind::DeviceId)
    return refuse(Refusal::NoDevice, "the inventory has no such device");
  if (found.devices.empty()) return DccAnswer{std::move(authorised), std::nullopt};
  std::vector<Entry> entries;
  for (const auto& device : found.devices) entries.push_back(inventory_entry(device));
  return DccAnswer{std::move(authorised), duis::inventory(entries)};
}

}  // namespace meterway::flow::answer
