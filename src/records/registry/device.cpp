#include "records/registry/device.h"

#include <algorithm>

#include "records/registry/device_record.h"
#include "records/registry/names.h"
#include "records/registry/octets.h"
#include "standard/ids/market.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kTable = "device";     // device:8 -> record
constexpr std::string_view kIndex = "device-by";  // letter, value -> devices:8 each, in order
constexpr std::size_t kMostDetail = 127;
constexpr std::string_view kStates[] = {"Pending",      "Whitelisted",    "InstalledNotCommissioned",
                                        "Commissioned", "Decommissioned", "Withdrawn",
                                        "Suspended",    "Recovery",       "Recovered"};
constexpr std::string_view kDetails[] = {"DeviceManufacturer",
                                         "DeviceModel",
                                         "SMETSCHTSVersion",
                                         "DeviceFirmwareVersion",
                                         "DeviceFirmwareVersionStatus",
                                         "CPLStatus",
                                         "DateCommissioned",
                                         "ImportMPxN",
                                         "SecondaryImportMPAN",
                                         "ExportMPAN",
                                         "ESMEVariant",
                                         "UPRN",
                                         "PostCode",
                                         "AddressIdentifier",
                                         "CSPRegion",
                                         "DeviceGBCSVersion",
                                         "HANVariant",
                                         "S1SP",
                                         "Connectivity"};

std::string key_of(Eui64 eui) {
  const auto wire = eui.wire();
  return string_of(ByteView(wire));
}
Eui64 eui_at(std::string_view list, std::size_t at) { return Eui64::from_wire_or_zero(bytes_of(list.substr(at, 8))); }

/// As a number: an MPRN with zeros before it is the same point. What is none stays as it is.
std::string plain_point(std::string_view text) {
  const auto point = Mpxn::parse(text);
  return point ? point->text() : std::string(text);
}

/// Where a device is found besides its EUI-64: by hub, by metering point, by property, by post code.
std::vector<std::string> index_keys(const Device& device) {
  std::vector<std::string> keys;
  if (device.hub) keys.push_back("h" + key_of(*device.hub));
  for (const auto* name : {"ImportMPxN", "SecondaryImportMPAN", "ExportMPAN"}) {
    if (const auto text = device.detail(name); !text.empty()) keys.push_back("m" + plain_point(text));
  }
  if (const auto text = device.detail("UPRN"); !text.empty()) keys.push_back("u" + std::string(text));
  if (const auto text = device.detail("PostCode"); !text.empty()) keys.push_back("p" + std::string(text));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

/// Position of `eui` in a sorted list of 8 bytes each, or where it belongs.
std::size_t place_of(std::string_view list, const std::string& eui) {
  std::size_t low = 0, high = list.size() / 8;
  while (low < high) {
    const auto middle = (low + high) / 2;
    if (list.substr(middle * 8, 8) < eui)
      low = middle + 1;
    else
      high = middle;
  }
  return low * 8;
}

Status change_index(store::WriteView& view, const std::string& key, Eui64 eui, bool present) {
  METERWAY_TRY(auto list, view.get(kIndex, key));
  if (!list) list.emplace();
  const auto wire = key_of(eui);
  const auto at = place_of(*list, wire);
  const bool there = std::string_view(*list).substr(at, 8) == wire;
  if (there == present) return {};
  if (present) {
    if (list->size() / 8 >= kMostDevicesTogether) return fail(ErrorCode::TooLarge, 0, "devices in one place");
    list->insert(at, wire);
  } else {
    list->erase(at, 8);
  }
  return list->empty() ? view.erase(kIndex, key) : view.put(kIndex, key, *list);
}

Status change_indexes(store::WriteView& view, Eui64 eui, const std::vector<std::string>& before,
                      const std::vector<std::string>& after) {
  for (const auto& key : before) {
    if (!std::binary_search(after.begin(), after.end(), key)) METERWAY_CHECK(change_index(view, key, eui, false));
  }
  for (const auto& key : after) {
    if (!std::binary_search(before.begin(), before.end(), key)) METERWAY_CHECK(change_index(view, key, eui, true));
  }
  return {};
}

Result<std::vector<Device>> devices_at(const store::ReadView& view, const std::string& key) {
  std::vector<Device> devices;
  METERWAY_TRY(const auto list, view.get(kIndex, key));
  for (std::size_t at = 0; list && at + 8 <= list->size(); at += 8) {
    METERWAY_TRY(auto device, find_device(view, eui_at(*list, at)));
    if (device) devices.push_back(std::move(*device));
  }
  return devices;
}

}  // namespace

Result<DeviceState> parse_device_state(std::string_view text) {
  return parse_name<DeviceState>(text, kStates, "device state");
}
std::string_view to_string(DeviceState state) { return kStates[static_cast<std::size_t>(state)]; }
std::span<const std::string_view> detail_names() { return kDetails; }

Result<std::optional<Device>> find_device(const store::ReadView& view, Eui64 eui) {
  METERWAY_TRY(const auto value, view.get(kTable, key_of(eui)));
  if (!value) return std::optional<Device>();
  METERWAY_TRY(auto device, read_device_record(eui, *value));
  return std::optional<Device>(std::move(device));
}

Result<std::vector<Device>> devices_of_hub(const store::ReadView& view, Eui64 hub) {
  return devices_at(view, "h" + key_of(hub));
}
Result<std::vector<Device>> devices_with(const store::ReadView& view, DeviceProperty property, std::string_view value) {
  const char letter = property == DeviceProperty::MeteringPoint ? 'm' : property == DeviceProperty::Uprn ? 'u' : 'p';
  return devices_at(view, letter + (letter == 'm' ? plain_point(value) : std::string(value)));
}

Result<std::vector<Device>> devices_from(const store::ReadView& view, Eui64 from, std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kTable, key_of(from), "", limit));
  std::vector<Device> devices;
  devices.reserve(rows.size());
  for (const auto& row : rows) {
    METERWAY_TRY(auto device, read_device_record(eui_at(row.key, 0), row.value));
    devices.push_back(std::move(device));
  }
  return devices;
}

Result<DevicePage> device_page(const store::ReadView& view, Eui64 from, std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kTable, key_of(from), "", limit));
  DevicePage page;
  for (const auto& row : rows) {
    page.last = eui_at(row.key, 0);
    if (auto device = read_device_record(page.last, row.value)) {
      page.devices.push_back(std::move(*device));
    } else {
      page.unreadable.push_back(page.last);
    }
  }
  return page;
}

Status put_device(store::WriteView& view, const Device& device) {
  for (const auto& [name, text] : device.details) {
    if (text.size() > kMostDetail) return fail(ErrorCode::TooLarge, text.size(), "detail of a device");
  }
  if (device.responsible.size() > kMostResponsible)
    return fail(ErrorCode::TooLarge, device.responsible.size(), "responsibilities for a device");
  METERWAY_TRY(const auto before, find_device(view, device.eui));
  METERWAY_CHECK(
      change_indexes(view, device.eui, before ? index_keys(*before) : std::vector<std::string>(), index_keys(device)));
  return view.put(kTable, key_of(device.eui), write_device_record(device));
}

Status erase_device(store::WriteView& view, Eui64 eui) {
  METERWAY_TRY(const auto before, find_device(view, eui));
  if (!before) return fail(ErrorCode::NotFound, 0, "device");
  METERWAY_CHECK(change_indexes(view, eui, index_keys(*before), {}));
  return view.erase(kTable, key_of(eui));
}

}  // namespace meterway::registry
