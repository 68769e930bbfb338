#include "records/anomaly/roles.h"

namespace meterway::anomaly {

bool may(const registry::Person& person, What what, std::string_view party) {
  const bool own = !party.empty() && person.party == party;
  const bool officer = own && person.has_role("aro");
  const bool senior = own && person.has_role("sro");
  const bool desk = person.has_role("operator") || person.has_role("desk");
  switch (what) {
    case What::SignFiles:
    case What::Submit:
      return officer;
    case What::Decide:
      return officer || senior;
    case What::Look:
      return officer || senior || desk;
    case What::Operate:
      return desk;
  }
  return false;
}

}  // namespace meterway::anomaly
