#include "records/registry/user_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/util/utf8.h"

namespace meterway::registry {
namespace {

using nlohmann::json;
constexpr std::size_t kMostText = 1000;
constexpr std::uint64_t kMostPushes = 1000000;
constexpr std::size_t kMostParticipants = 100;

/// http or https and a host. Whether somebody answers there shows when it is tried.
bool is_url(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    text.remove_prefix(scheme.size());
    const auto host = text.substr(0, text.find('/'));
    return !host.empty() && host.front() != ':' &&
           std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c <= ' ') || c == 0x7F; });
  }
  return false;
}

std::string read_roles(const json& value, std::vector<UserRole>& roles) {
  if (!value.is_array()) return "expected a list";
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto role = parse_user_role(value[i].is_string() ? value[i].get<std::string>() : "");
    if (!role) return "[" + std::to_string(i) + "] no such role";
    if (std::find(roles.begin(), roles.end(), *role) == roles.end()) roles.push_back(*role);
  }
  return {};
}

/// [{"role": "IS", "id": "EDFE"}, ...]
std::string read_participants(const json& value, std::vector<Participation>& participants) {
  if (!value.is_array() || value.size() > kMostParticipants)
    return "expected a list of at most " + std::to_string(kMostParticipants);
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto& one = value[i];
    const auto at = "[" + std::to_string(i) + "]";
    if (!one.is_object() || one.size() != 2 || !one.contains("role") || !one.contains("id"))
      return at + " expected an object with role and id";
    const auto role = parse_user_role(one["role"].is_string() ? one["role"].get<std::string>() : "");
    if (!role || *role > UserRole::GT) return at + ".role: expected IS, ES, GS, ED or GT";
    const auto id = MarketParticipant::parse(one["id"].is_string() ? one["id"].get<std::string>() : "");
    if (!id) return at + ".id: expected up to four capitals and digits";
    const Participation found{*role, *id};
    if (std::find(participants.begin(), participants.end(), found) == participants.end()) participants.push_back(found);
  }
  return {};
}

/// What is wrong with one member; empty when nothing is.
std::string read_member(const std::string& key, const json& value, User& user) {
  const bool is_text = value.is_string() && value.get_ref<const std::string&>().size() <= kMostText;
  const std::string text = is_text ? value.get<std::string>() : std::string();
  if (key == "roles") return read_roles(value, user.roles);
  if (key == "participants") return read_participants(value, user.participants);
  if (key == "takes_gzip") {
    if (!value.is_boolean()) return "expected true or false";
    user.takes_gzip = value.get<bool>();
    return {};
  }
  if (key == "pushes_per_second") {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMostPushes)
      return "expected a number from 0 to " + std::to_string(kMostPushes);
    user.pushes_per_second = value.get<std::uint32_t>();
    return {};
  }
  if (key == "eui") {
    const auto eui = Eui64::parse(text);
    if (!eui) return "expected an EUI-64";
    user.eui = *eui;
    return {};
  }
  if (key == "state") {
    const auto state = parse_user_state(text);
    if (!state) return "expected live, suspended or not yet live";
    user.state = *state;
    return {};
  }
  if (key == "name") {
    if (!is_text || !is_one_line(text)) return "expected one line of at most 1000 bytes, without control characters";
    user.name = text;
    return {};
  }
  if (key == "push_url") {
    if (!is_text || (!text.empty() && !is_url(text))) return "expected http://host[:port]/path, https:// or nothing";
    user.push_url = text;
    return {};
  }
  return "unknown member";
}

}  // namespace

Result<User, std::string> read_user(std::string_view text) {
  const auto object = json::parse(text, nullptr, false);
  if (object.is_discarded()) return Unexpected<std::string>{"not JSON"};
  if (!object.is_object()) return Unexpected<std::string>{"expected an object"};
  User user;
  for (const auto& [key, value] : object.items()) {
    if (const auto problem = read_member(key, value, user); !problem.empty())
      return Unexpected<std::string>{key + ": " + problem};
  }
  if (!object.contains("eui")) return Unexpected<std::string>{"eui: missing"};
  return user;
}

std::string to_json(const User& user) {
  json roles = json::array();
  for (const auto role : user.roles) roles.push_back(meterway::to_string(role));
  json participants = json::array();
  for (const auto& one : user.participants)
    participants.push_back({{"role", meterway::to_string(one.role)}, {"id", one.participant.text()}});
  const json object = {{"eui", user.eui.plain()},
                       {"name", user.name},
                       {"roles", roles},
                       {"state", to_string(user.state)},
                       {"push_url", user.push_url},
                       {"takes_gzip", user.takes_gzip},
                       {"pushes_per_second", user.pushes_per_second},
                       {"participants", participants}};
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace meterway::registry
