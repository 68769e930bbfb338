#include "records/registry/party.h"

#include "records/registry/names.h"
#include "records/registry/user_json.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kTable = "user";
constexpr std::string_view kStates[] = {"live", "suspended", "not yet live"};
constexpr std::size_t kMostUsers = 10000;

Result<User> read_row(std::string_view json) {
  auto user = read_user(json);
  if (!user) return fail(ErrorCode::BadJson, 0, "user");
  return std::move(*user);
}

}  // namespace

Result<UserState> parse_user_state(std::string_view text) { return parse_name<UserState>(text, kStates, "user state"); }
std::string_view to_string(UserState state) { return kStates[static_cast<std::size_t>(state)]; }

Result<std::optional<User>> find_user(const store::ReadView& view, Eui64 eui) {
  METERWAY_TRY(const auto value, view.get(kTable, eui.plain()));
  if (!value) return std::optional<User>();
  METERWAY_TRY(auto user, read_row(*value));
  return std::optional<User>(std::move(user));
}

Result<std::vector<User>> all_users(const store::ReadView& view) {
  METERWAY_TRY(const auto rows, view.scan(kTable, "", "", kMostUsers));
  std::vector<User> users;
  for (const auto& row : rows) {
    METERWAY_TRY(auto user, read_row(row.value));
    users.push_back(std::move(user));
  }
  return users;
}

Status put_user(store::WriteView& view, const User& user) { return view.put(kTable, user.eui.plain(), to_json(user)); }

Status erase_user(store::WriteView& view, Eui64 eui) {
  METERWAY_TRY(const auto known, view.get(kTable, eui.plain()));
  if (!known) return fail(ErrorCode::NotFound, 0, "user");
  return view.erase(kTable, eui.plain());
}

}  // namespace meterway::registry
