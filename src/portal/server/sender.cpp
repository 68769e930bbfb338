#include "portal/server/sender.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "records/registry/party.h"
#include "records/registry/users_of_party.h"

namespace meterway::portal {
namespace {

constexpr std::string_view kPreview = "requests.preview", kSend = "requests.send";
constexpr std::string_view kOwn = "the Users of his own party";  // as a scope of spec/permissions.tsv begins

bool has_all(const ledger::Person& person, std::string_view function) {
  return person.has_role("operator") || permission::may_all(person, function);
}
bool has_own(const ledger::Person& person, std::string_view function) {
  return permission::may_within(person, function, kOwn);
}

Result<std::vector<Eui64>> own_users(const store::ReadView& view, const ledger::Person& person) {
  return registry::users_of_party(view, person.party);
}

}  // namespace

Result<bool> is_his(const ledger::Person& person, std::string_view function, Eui64 user, const Portal& portal) {
  if (has_all(person, function)) return true;
  if (!has_own(person, function)) return false;
  bool out = false;
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto own, own_users(view, person));
    out = std::find(own.begin(), own.end(), user) != own.end();
    return {};
  });
  METERWAY_CHECK(read);
  return out;
}

Result<nlohmann::json> senders_of(const ledger::Person& person, const duis::Service& service, const Portal& portal) {
  auto out = nlohmann::json::array();
  const auto read = portal.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto own, own_users(view, person));
    METERWAY_TRY(const auto users, registry::all_users(view));
    for (const auto& user : users) {
      const bool is_own = std::find(own.begin(), own.end(), user.eui) != own.end();
      const auto may = [&](std::string_view function) {
        return has_all(person, function) || (is_own && has_own(person, function));
      };
      if (!may(kPreview)) continue;
      auto roles = nlohmann::json::array();
      bool eligible = false;
      for (const auto role : user.roles) {
        roles.push_back(to_string(role));
        eligible |= service.eligible(role);
      }
      out.push_back({{"user", user.eui.plain()},
                     {"name", user.name},
                     {"roles", std::move(roles)},
                     {"eligible", eligible},
                     {"may_send", may(kSend)}});
    }
    return {};
  });
  METERWAY_CHECK(read);
  return out;
}

}  // namespace meterway::portal
