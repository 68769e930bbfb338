#include "records/registry/party.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "records/registry/live_gate.h"
#include "records/registry/names.h"
#include "records/registry/octets.h"
#include "records/registry/user_json.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kTable = "user", kByParticipant = "user-participant";
constexpr std::string_view kStates[] = {"live", "suspended", "not yet live"};
constexpr std::size_t kMostUsers = 10000;

//   format:1 eui:8 state:1 takes gzip:1 pushes per second:4 roles:1 role:1 each, then a length and the bytes of: name,
//   push address. Format 2 has after the roles: participants:1, and for each role:1 participant:4. Before 1 it was
//   JSON.
constexpr std::uint8_t kFormat = 2, kFormatWithoutParticipants = 1;

std::string write_row(const User& user) {
  wire::Writer out;
  out.u8(kFormat).u64(user.eui.value()).u8(static_cast<std::uint8_t>(user.state)).u8(user.takes_gzip ? 1 : 0);
  out.u32(user.pushes_per_second).u8(user.roles.size());
  for (const auto role : user.roles) out.u8(static_cast<std::uint8_t>(role));
  out.u8(user.participants.size());
  for (const auto& one : user.participants) out.u8(static_cast<std::uint8_t>(one.role)).u32(one.participant.wire());
  return string_of(out.prefixed(bytes_of(user.name)).prefixed(bytes_of(user.push_url)));
}

Result<User> read_row(std::string_view row) {
  if (row.starts_with('{')) {
    auto user = read_user(row);
    if (!user) return fail(ErrorCode::BadJson, 0, "user");
    return std::move(*user);
  }
  wire::Reader in(bytes_of(row));
  const auto format = in.u8("user format");
  if (format != kFormat && format != kFormatWithoutParticipants) in.fail(ErrorCode::BadValue, "user format");
  User user;
  user.eui = Eui64(in.u64("user"));
  user.state = read_enum(in, UserState::NotYetLive, "user state");
  user.takes_gzip = in.u8("takes gzip") != 0;
  user.pushes_per_second = in.u32("pushes per second");
  const auto roles = in.u8("roles");
  for (std::size_t i = 0; in.ok() && i < roles; ++i) user.roles.push_back(read_enum(in, UserRole::LC, "role"));
  const auto participants = format == kFormat ? in.u8("participants") : std::uint8_t(0);
  for (std::size_t i = 0; in.ok() && i < participants; ++i) {
    const auto role = read_enum(in, UserRole::LC, "role");
    user.participants.push_back({role, MarketParticipant::from_wire(in.u32("participant"))});
  }
  user.name = string_of(in.prefixed("name"));
  user.push_url = string_of(in.prefixed("push address"));
  METERWAY_CHECK(in.finish());
  return user;
}

std::string participant_key(const Participation& one) {
  wire::Writer out;
  return string_of(out.u8(static_cast<std::uint8_t>(one.role)).u32(one.participant.wire()));
}
std::string participant_row(const Participation& one, Eui64 user) {
  return participant_key(one) + string_of(wire::Writer().u64(user.value()));
}

Status erase_participants(store::WriteView& view, const User& user) {
  for (const auto& one : user.participants) METERWAY_CHECK(view.erase(kByParticipant, participant_row(one, user.eui)));
  return {};
}

}  // namespace

bool User::is_participant(UserRole role, MarketParticipant who) const {
  return !who.empty() &&
         std::find(participants.begin(), participants.end(), Participation{role, who}) != participants.end();
}

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

Result<std::vector<Eui64>> users_that_are(const store::ReadView& view, UserRole role, MarketParticipant who) {
  std::vector<Eui64> out;
  if (who.empty()) return out;
  const auto from = participant_key({role, who});
  METERWAY_TRY(const auto rows, view.scan(kByParticipant, from, from + std::string(9, '\xff'), kMostUsers));
  for (const auto& row : rows) {
    wire::Reader in(bytes_of(std::string_view(row.key).substr(from.size())));
    out.push_back(Eui64(in.u64("user")));
    METERWAY_CHECK(in.finish());
  }
  return out;
}

Status put_user(store::WriteView& view, const User& user) {
  METERWAY_TRY(const auto before, find_user(view, user.eui));
  const bool was_live = before && before->state == UserState::Live;
  for (const auto role : user.roles) {
    const bool had = was_live && std::find(before->roles.begin(), before->roles.end(), role) != before->roles.end();
    if (had || user.state != UserState::Live) continue;
    METERWAY_TRY(const auto closed, is_live_access_closed(view, user.eui, user.name, role));
    if (closed) return fail(ErrorCode::Conflict, 0, "roles: one may not go live until its assurance steps are closed");
  }
  if (before) METERWAY_CHECK(erase_participants(view, *before));
  for (const auto& one : user.participants) {
    if (!one.participant.empty()) METERWAY_CHECK(view.put(kByParticipant, participant_row(one, user.eui), ""));
  }
  return view.put(kTable, user.eui.plain(), write_row(user));
}

Status erase_user(store::WriteView& view, Eui64 eui) {
  METERWAY_TRY(const auto known, find_user(view, eui));
  if (!known) return fail(ErrorCode::NotFound, 0, "user");
  METERWAY_CHECK(erase_participants(view, *known));
  return view.erase(kTable, eui.plain());
}

}  // namespace meterway::registry
