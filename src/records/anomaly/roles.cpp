#include "records/anomaly/roles.h"

#include "records/permission/permission.h"

namespace meterway::anomaly {
namespace {

// As scopes of spec/permissions.tsv begin; scripts/permission_tables.py knows no others.
constexpr std::string_view kOwn = "the User of his own party", kBackUp = "the back-up channel";

std::string_view function_of(What what) {
  switch (what) {
    case What::SubmitThresholds:
      return "anomaly.thresholds.submit";
    case What::SubmitActions:
      return "anomaly.actions.submit";
    case What::Preview:
      return "anomaly.thresholds.preview";
    case What::Decide:
      return "anomaly.quarantine.decide";
    case What::Look:
      return "anomaly.thresholds.read";
  }
  return {};
}

}  // namespace

bool may(const registry::Person& person, What what, std::string_view party) {
  const auto function = function_of(what);
  if (!party.empty() && person.party == party && permission::may_within(person, function, kOwn)) return true;
  return (what == What::Preview || what == What::Look) && permission::may_all(person, function);
}

bool may_bring(const registry::Person& person, What what) {
  const auto function = function_of(what);
  return permission::may_within(person, function, kBackUp) || permission::may_all(person, function);
}

}  // namespace meterway::anomaly
