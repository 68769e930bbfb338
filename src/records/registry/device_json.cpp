#include "records/registry/device_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace meterway::registry {
namespace {

using nlohmann::json;
using Problem = Unexpected<std::string>;
constexpr std::size_t kMostDetail = 127;

Problem wrong(std::string why) { return {std::move(why)}; }

/// Text of a member that must be there.
Result<std::string, std::string> text_of(const json& object, const std::string& key) {
  const auto at = object.find(key);
  if (at == object.end()) return wrong(key + ": missing");
  if (!at->is_string()) return wrong(key + ": expected text");
  return at->get<std::string>();
}

/// A member read by `parse`, or `what` is expected.
template <class Value, class Parse>
Result<Value, std::string> parsed(const json& object, const std::string& key, Parse parse, const char* what) {
  METERWAY_TRY(const auto text, text_of(object, key));
  const auto value = parse(text);
  if (!value) return wrong(key + ": expected " + what);
  return *value;
}

Result<std::optional<UtcTime>, std::string> time_of(const json& object, const char* key) {
  if (!object.contains(key)) return std::optional<UtcTime>();
  METERWAY_TRY(const auto time, parsed<UtcTime>(object, key, from_iso8601, "a date and time"));
  return std::optional<UtcTime>(time);
}

std::string unknown_member(const json& object, std::initializer_list<std::string_view> members) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(members.begin(), members.end(), key) == members.end()) return key + ": unknown member";
  }
  return {};
}

Result<Responsibility, std::string> read_responsibility(const json& object) {
  if (!object.is_object()) return wrong("expected an object");
  if (auto unknown = unknown_member(object, {"role", "user", "from", "until"}); !unknown.empty()) return wrong(unknown);
  Responsibility entry;
  METERWAY_TRY(entry.role, parsed<UserRole>(object, "role", parse_user_role, "a role"));
  METERWAY_TRY(entry.user, parsed<Eui64>(object, "user", Eui64::parse, "an EUI-64"));
  METERWAY_TRY(entry.from, time_of(object, "from"));
  METERWAY_TRY(entry.until, time_of(object, "until"));
  if (entry.from && entry.until && *entry.until <= *entry.from) return wrong("until: not later than from");
  return entry;
}

Result<Device, std::string> read(const json& object) {
  if (!object.is_object()) return wrong("expected an object");
  // "joined" is told and never set: devices say it. What was read may be written back.
  if (auto unknown = unknown_member(object, {"eui", "type", "state", "hub", "details", "responsible", "joined"});
      !unknown.empty())
    return wrong(unknown);
  Device device;
  METERWAY_TRY(device.eui, parsed<Eui64>(object, "eui", Eui64::parse, "an EUI-64"));
  METERWAY_TRY(device.type, parsed<DeviceType>(object, "type", parse_device_type, "a type of device"));
  if (object.contains("state")) {
    METERWAY_TRY(device.state, parsed<DeviceState>(object, "state", parse_device_state, "a state of a device"));
  }
  if (object.contains("hub")) {
    METERWAY_TRY(device.hub, parsed<Eui64>(object, "hub", Eui64::parse, "an EUI-64"));
  }
  const auto details = object.value("details", json::object());
  if (!details.is_object()) return wrong("details: expected an object");
  for (const auto& [key, value] : details.items()) {
    const auto names = detail_names();
    if (std::find(names.begin(), names.end(), key) == names.end()) return wrong("details." + key + ": unknown member");
    if (!value.is_string()) return wrong("details." + key + ": expected text");
    if (value.get_ref<const std::string&>().size() > kMostDetail) return wrong("details." + key + ": too long");
    if (!value.get_ref<const std::string&>().empty()) device.details[key] = value.get<std::string>();
  }
  const auto responsible = object.value("responsible", json::array());
  if (!responsible.is_array()) return wrong("responsible: expected a list");
  if (responsible.size() > kMostResponsible) return wrong("responsible: too many");
  for (std::size_t i = 0; i < responsible.size(); ++i) {
    auto entry = read_responsibility(responsible[i]);
    if (!entry) return wrong("responsible[" + std::to_string(i) + "]." + entry.error());
    device.responsible.push_back(std::move(*entry));
  }
  return device;
}

}  // namespace

Result<Device, std::string> read_device(std::string_view text) {
  const auto object = json::parse(text, nullptr, false);
  if (object.is_discarded()) return wrong("not JSON");
  return read(object);
}

std::string to_json(const Device& device) {
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
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace meterway::registry
