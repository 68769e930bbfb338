#include "records/anomaly/roles.h"

#include "records/permission/permission.h"

namespace meterway::anomaly {
namespace {

constexpr std::string_view kLook = "anomaly.thresholds.read";

}  // namespace

bool may(const registry::Person& person, What what, std::string_view party) {
  const bool own = !party.empty() && person.party == party;
  switch (what) {
    case What::SignFiles:
    case What::Submit:  // others whom the table gives it bring what an officer has signed
      return own && person.has_role("aro");
    case What::Decide:
      return own && !person.has_role("operator") && permission::may(person, "anomaly.quarantine.decide");
    case What::Look:
      return permission::may_all(person, kLook) || (own && permission::may(person, kLook));
    case What::Operate:
      return permission::may_all(person, "anomaly.dcc.set");
  }
  return false;
}

}  // namespace meterway::anomaly
