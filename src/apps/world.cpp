#include "apps/world.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "apps/command_line.h"
#include "base/util/file.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

Result<Eui64> eui_of(const json& object, const char* key) {
  if (!object.contains(key) || !object[key].is_string()) return fail(ErrorCode::BadJson, 0, key);
  return Eui64::parse(object[key].get<std::string>());
}

Result<std::uint16_t> port_of(const json& object, const char* key) {
  if (!object.contains(key) || !object[key].is_number_unsigned() || object[key].get<std::uint64_t>() > 65535)
    return fail(ErrorCode::BadJson, 0, key);
  return object[key].get<std::uint16_t>();
}

Result<std::string> text_of(const json& object, const char* key) {
  if (!object.contains(key) || !object[key].is_string()) return fail(ErrorCode::BadJson, 0, key);
  return object[key].get<std::string>();
}

Result<WorldUser> read_user(const json& object) {
  WorldUser user;
  METERWAY_TRY(user.eui, eui_of(object, "eui"));
  METERWAY_TRY(user.name, text_of(object, "name"));
  METERWAY_TRY(user.push_port, port_of(object, "push_port"));
  METERWAY_TRY(user.push_path, text_of(object, "push_path"));
  if (!object.contains("roles") || !object["roles"].is_array()) return fail(ErrorCode::BadJson, 0, "roles");
  for (const auto& role : object["roles"]) {
    if (!role.is_string()) return fail(ErrorCode::BadJson, 0, "roles");
    METERWAY_TRY(const auto parsed, parse_user_role(role.get<std::string>()));
    user.roles.push_back(parsed);
  }
  return user;
}

Result<WorldDevice> read_device(const json& object) {
  WorldDevice device;
  METERWAY_TRY(device.eui, eui_of(object, "eui"));
  METERWAY_TRY(device.hub, eui_of(object, "hub"));
  METERWAY_TRY(const auto type, text_of(object, "type"));
  METERWAY_TRY(device.type, parse_device_type(type));
  return device;
}

}  // namespace

void add_data_option(Subcommand& command, std::string& data) {
  const char* chosen = std::getenv("METERWAY_DATA");
  data = chosen != nullptr ? chosen : "data";
  command.add_option("--data", data, "Data folder of the node; $METERWAY_DATA, or ./data")->capture_default_str();
}

const WorldUser* World::user(Eui64 eui) const {
  for (const auto& user : users) {
    if (user.eui == eui) return &user;
  }
  return nullptr;
}

const WorldDevice* World::device(Eui64 eui) const {
  for (const auto& device : devices) {
    if (device.eui == eui) return &device;
  }
  return nullptr;
}

Result<World> load_world(const std::filesystem::path& file) {
  METERWAY_TRY(const auto text, read_text_file(file));
  const auto root = json::parse(text, nullptr, false);
  if (!root.is_object()) return fail(ErrorCode::BadJson, 0, "world.json");
  World world;
  METERWAY_TRY(world.address, text_of(root, "address"));
  METERWAY_TRY(world.http_port, port_of(root, "http_port"));
  if (root.contains("portal_port")) {  // and those made before there was a portal
    METERWAY_TRY(world.portal_port, port_of(root, "portal_port"));
  }
  if (root.contains("tls_port")) {  // worlds made before there was TLS do without
    METERWAY_TRY(world.tls_port, port_of(root, "tls_port"));
  }
  METERWAY_TRY(world.smki_port, port_of(root, "smki_port"));
  METERWAY_TRY(world.link_port, port_of(root, "link_port"));
  METERWAY_TRY(world.access_control_broker, eui_of(root, "access_control_broker"));
  METERWAY_TRY(world.recovery, eui_of(root, "recovery"));
  METERWAY_TRY(world.transitional_cos, eui_of(root, "transitional_cos"));
  METERWAY_TRY(world.wan_provider, eui_of(root, "wan_provider"));
  if (!root.contains("users") || !root["users"].is_array()) return fail(ErrorCode::BadJson, 0, "users");
  for (const auto& entry : root["users"]) {
    METERWAY_TRY(auto user, read_user(entry));
    world.users.push_back(std::move(user));
  }
  if (!root.contains("devices") || !root["devices"].is_array()) return fail(ErrorCode::BadJson, 0, "devices");
  for (const auto& entry : root["devices"]) {
    METERWAY_TRY(const auto device, read_device(entry));
    world.devices.push_back(device);
  }
  return world;
}

Status save_world(const std::filesystem::path& file, const World& world) {
  json users = json::array();
  for (const auto& user : world.users) {
    json roles = json::array();
    for (const auto role : user.roles) roles.push_back(to_string(role));
    users.push_back({{"eui", user.eui.plain()},
                     {"name", user.name},
                     {"roles", roles},
                     {"push_port", user.push_port},
                     {"push_path", user.push_path}});
  }
  json devices = json::array();
  for (const auto& device : world.devices) {
    devices.push_back({{"eui", device.eui.plain()}, {"type", to_string(device.type)}, {"hub", device.hub.plain()}});
  }
  const json root = {{"address", world.address},
                     {"http_port", world.http_port},
                     {"portal_port", world.portal_port},
                     {"tls_port", world.tls_port},
                     {"smki_port", world.smki_port},
                     {"link_port", world.link_port},
                     {"access_control_broker", world.access_control_broker.plain()},
                     {"recovery", world.recovery.plain()},
                     {"transitional_cos", world.transitional_cos.plain()},
                     {"wan_provider", world.wan_provider.plain()},
                     {"users", users},
                     {"devices", devices}};
  return write_text_file(file, root.dump(2) + "\n");
}

}  // namespace meterway::apps
