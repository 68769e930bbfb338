#include "records/permission/verified.h"

#include <algorithm>

#include "records/permission/permission.h"
#include "records/registry/person_certificate.h"

namespace meterway::permission {

Status drop_unverified(const store::ReadView& view, const rules::Rules& rules, UtcTime now, registry::Person& person) {
  const auto wants = [](const std::string& role) {
    const auto* job_type = find_job_type(role);
    return job_type != nullptr && job_type->verified;
  };
  if (std::none_of(person.roles.begin(), person.roles.end(), wants)) return {};
  const auto rule = rules.on("people.verified", calendar::date_of(now));
  if (rule && rule->value == "no") return {};
  METERWAY_TRY(const auto certificates, registry::certificates_of_person(view, person.id));
  const bool is_verified =
      std::any_of(certificates.begin(), certificates.end(), [&](const auto& one) { return one.covers(now); });
  if (!is_verified) std::erase_if(person.roles, wants);
  return {};
}

}  // namespace meterway::permission
