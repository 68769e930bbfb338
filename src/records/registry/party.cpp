#include "records/registry/party.h"

#include <nlohmann/json.hpp>

#include "records/registry/names.h"

namespace meterway::registry {
namespace {

using nlohmann::json;
constexpr std::string_view kTable = "user";
constexpr std::string_view kStates[] = {"live", "suspended", "not yet live"};
constexpr std::size_t kMostUsers = 10000;

Result<User> read_user(std::string_view text) {
  const auto object = json::parse(text, nullptr, false);
  if (!object.is_object()) return fail(ErrorCode::BadJson, 0, "user");
  User user;
  METERWAY_TRY(user.eui, Eui64::parse(object.value("eui", "")));
  user.name = object.value("name", "");
  user.push_url = object.value("push_url", "");
  user.takes_gzip = object.value("takes_gzip", true);
  user.pushes_per_second = object.value("pushes_per_second", 0u);
  METERWAY_TRY(user.state, parse_user_state(object.value("state", "live")));
  for (const auto& role : object.value("roles", json::array())) {
    METERWAY_TRY(const auto parsed, parse_user_role(role.get<std::string>()));
    user.roles.push_back(parsed);
  }
  return user;
}

}  // namespace

Result<UserState> parse_user_state(std::string_view text) { return parse_name<UserState>(text, kStates, "user state"); }
std::string_view to_string(UserState state) { return kStates[static_cast<std::size_t>(state)]; }

Result<std::optional<User>> find_user(const store::ReadView& view, Eui64 eui) {
  METERWAY_TRY(const auto value, view.get(kTable, eui.plain()));
  if (!value) return std::optional<User>();
  METERWAY_TRY(auto user, read_user(*value));
  return std::optional<User>(std::move(user));
}

Result<std::vector<User>> all_users(const store::ReadView& view) {
  METERWAY_TRY(const auto rows, view.scan(kTable, "", "", kMostUsers));
  std::vector<User> users;
  for (const auto& row : rows) {
    METERWAY_TRY(auto user, read_user(row.value));
    users.push_back(std::move(user));
  }
  return users;
}

Status put_user(store::WriteView& view, const User& user) {
  json roles = json::array();
  for (const auto role : user.roles) roles.push_back(meterway::to_string(role));
  const json object = {{"eui", user.eui.plain()},
                       {"name", user.name},
                       {"roles", roles},
                       {"state", to_string(user.state)},
                       {"push_url", user.push_url},
                       {"takes_gzip", user.takes_gzip},
                       {"pushes_per_second", user.pushes_per_second}};
  return view.put(kTable, user.eui.plain(), object.dump());
}

}  // namespace meterway::registry
