#include "records/access/sees.h"

#include <algorithm>
#include <optional>

#include "records/registration/registration.h"

namespace meterway::access {
namespace {

std::string_view value_on(const Tables& tables, RuleName name, Date day) {
  const auto* row = row_on(std::span<const RuleRow>(tables.rules[static_cast<std::size_t>(name)]), day);
  return row == nullptr ? std::string_view() : row->value;
}

bool holds(std::string_view wanted, bool begun, bool ended) {
  return !ended && (begun ? wanted == "registered" || wanted == "coming" : wanted == "coming");
}

struct Judge {
  const store::ReadView& view;
  const registry::User& user;
  UtcTime at;
  std::array<std::string_view, kRoles> wanted;  ///< by role; empty: not asked in it
  bool said = false, has = false;               ///< anybody stands for the home; this User does

  std::string_view of(UserRole role) const { return wanted[static_cast<std::size_t>(role)]; }
  Status look(const registry::Device& device) {
    duis::RoleSet known = 0;
    said = said || registration::names_unreadable_point(device);
    std::optional<registration::Point> point;
    for (const auto& [role, mpxn] : registration::roles_of(device)) {
      if (!point || !(point->mpxn == mpxn)) {
        METERWAY_TRY(point, registration::find_point(view, mpxn));
      }
      if (!point) continue;
      said = true;  // a point that is known has been spoken of, though all of it were withdrawn
      if (!point->knows(role)) continue;
      known |= duis::role_bit(role);
      for (const auto& span : point->spans(role)) {
        const bool ended = span.until && *span.until <= at;
        has = has || (user.is_participant(role, span.who) && holds(of(role), span.from <= at, ended));
      }
    }
    for (const auto& entry : device.responsible) {
      said = true;
      if (entry.user != user.eui || (known & duis::role_bit(entry.role)) != 0) continue;
      const bool begun = !entry.from || *entry.from <= at, ended = entry.until && *entry.until <= at;
      has = has || holds(of(entry.role), begun, ended);
    }
    return {};
  }
};

}  // namespace

Result<bool> sees(const store::ReadView& view, const registry::User& user, const std::vector<registry::Device>& home,
                  bool by_address, UtcTime at, const Tables& tables) {
  const auto day = calendar::date_of(at);
  const auto& service = *duis::find_service("8.2");
  Judge judge{view, user, at, {}};
  bool anything = false;
  for (const auto role : user.roles) {
    if (!ask(tables, Question::Role, service, role, DeviceType::Unknown, DeviceState::Pending, day).yes) continue;
    const auto first = by_address ? RuleName::SeesByAddress : RuleName::SeesByIdentifier;
    const auto value = value_on(tables, of_role(first, role), day);
    judge.wanted[static_cast<std::size_t>(role)] = value;
    anything = anything || value == "anything";
  }
  for (const auto& device : home) METERWAY_CHECK(judge.look(device));
  const bool unsaid = !by_address && !judge.said && value_on(tables, RuleName::SeesUnsaid, day) == "allowed";
  return anything || judge.has || unsaid;
}

}  // namespace meterway::access
