#include "records/registry/device.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "records/registry/names.h"

namespace meterway::registry {
namespace {

using nlohmann::json;
constexpr std::string_view kTable = "device";
constexpr std::size_t kMostDevices = 1000000;
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
constexpr std::string_view kMembers[] = {"eui", "type", "state", "hub", "details", "responsible"};

Result<std::optional<UtcTime>> time_of(const json& object, const char* key) {
  if (!object.contains(key)) return std::optional<UtcTime>();
  if (!object[key].is_string()) return fail(ErrorCode::BadJson, 0, key);
  METERWAY_TRY(const auto time, from_iso8601(object[key].get<std::string>()));
  return std::optional<UtcTime>(time);
}

Result<std::string> text_of(const json& object, const char* key) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_string()) return fail(ErrorCode::BadJson, 0, key);
  return object[key].get<std::string>();
}

Result<Responsibility> read_responsibility(const json& object) {
  Responsibility entry;
  METERWAY_TRY(const auto role, text_of(object, "role"));
  METERWAY_TRY(entry.role, parse_user_role(role));
  METERWAY_TRY(const auto user, text_of(object, "user"));
  METERWAY_TRY(entry.user, Eui64::parse(user));
  METERWAY_TRY(entry.from, time_of(object, "from"));
  METERWAY_TRY(entry.until, time_of(object, "until"));
  return entry;
}

std::string write_device(const Device& device) {
  json responsible = json::array();
  for (const auto& entry : device.responsible) {
    json item = {{"role", meterway::to_string(entry.role)}, {"user", entry.user.plain()}};
    if (entry.from) item["from"] = to_iso8601(*entry.from, 6);
    if (entry.until) item["until"] = to_iso8601(*entry.until, 6);
    responsible.push_back(std::move(item));
  }
  json object = {{"eui", device.eui.plain()},
                 {"type", meterway::to_string(device.type)},
                 {"state", to_string(device.state)},
                 {"details", device.details},
                 {"responsible", responsible}};
  if (device.hub) object["hub"] = device.hub->plain();
  return object.dump();
}

}  // namespace

Result<DeviceState> parse_device_state(std::string_view text) {
  return parse_name<DeviceState>(text, kStates, "device state");
}
std::string_view to_string(DeviceState state) { return kStates[static_cast<std::size_t>(state)]; }
std::span<const std::string_view> detail_names() { return kDetails; }

Result<Device> read_device(std::string_view text) {
  const auto object = json::parse(text, nullptr, false);
  if (!object.is_object()) return fail(ErrorCode::BadJson, 0, "device");
  for (const auto& [key, value] : object.items()) {
    if (std::find(std::begin(kMembers), std::end(kMembers), key) == std::end(kMembers))
      return fail(ErrorCode::BadJson, 0, "unknown member of a device");
  }
  Device device;
  METERWAY_TRY(const auto eui, text_of(object, "eui"));
  METERWAY_TRY(device.eui, Eui64::parse(eui));
  METERWAY_TRY(const auto type, text_of(object, "type"));
  METERWAY_TRY(device.type, parse_device_type(type));
  if (object.contains("state")) {
    METERWAY_TRY(const auto state, text_of(object, "state"));
    METERWAY_TRY(device.state, parse_device_state(state));
  }
  if (object.contains("hub")) {
    METERWAY_TRY(const auto hub, text_of(object, "hub"));
    METERWAY_TRY(device.hub, Eui64::parse(hub));
  }
  const auto details = object.value("details", json::object());
  if (!details.is_object()) return fail(ErrorCode::BadJson, 0, "details");
  for (const auto& [key, value] : details.items()) {
    if (std::find(std::begin(kDetails), std::end(kDetails), key) == std::end(kDetails) || !value.is_string())
      return fail(ErrorCode::BadJson, 0, "details");
    device.details[key] = value.get<std::string>();
  }
  const auto responsible = object.value("responsible", json::array());
  if (!responsible.is_array()) return fail(ErrorCode::BadJson, 0, "responsible");
  for (const auto& item : responsible) {
    METERWAY_TRY(auto entry, read_responsibility(item));
    device.responsible.push_back(std::move(entry));
  }
  return device;
}

Result<std::optional<Device>> find_device(const store::ReadView& view, Eui64 eui) {
  METERWAY_TRY(const auto value, view.get(kTable, eui.plain()));
  if (!value) return std::optional<Device>();
  METERWAY_TRY(auto device, read_device(*value));
  return std::optional<Device>(std::move(device));
}

Result<std::vector<Device>> all_devices(const store::ReadView& view) {
  METERWAY_TRY(const auto rows, view.scan(kTable, "", "", kMostDevices));
  std::vector<Device> devices;
  for (const auto& row : rows) {
    METERWAY_TRY(auto device, read_device(row.value));
    devices.push_back(std::move(device));
  }
  return devices;
}

Status put_device(store::WriteView& view, const Device& device) {
  return view.put(kTable, device.eui.plain(), write_device(device));
}

}  // namespace meterway::registry
