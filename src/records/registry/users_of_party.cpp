#include "records/registry/users_of_party.h"

#include <algorithm>

#include "records/registry/party.h"

namespace meterway::registry {

Result<std::vector<Eui64>> users_of_party(const store::ReadView& view, std::string_view party) {
  std::vector<Eui64> out;
  if (party.empty()) return out;
  METERWAY_TRY(const auto users, all_users(view));
  for (const auto& user : users) {
    if (user.name == party) out.push_back(user.eui);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace meterway::registry
