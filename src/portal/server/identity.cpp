#include "portal/server/identity.h"

#include <algorithm>

#include "records/permission/permission.h"
#include "records/registry/person_certificate.h"

namespace meterway::portal {

Status drop_unverified(const store::ReadView& view, const rules::Rules& rules, UtcTime now, ledger::Person& person) {
  const auto wants = [](const std::string& role) {
    const auto* job_type = permission::find_job_type(role);
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

WrongTokens::Verdict WrongTokens::count(const std::string& source, UtcTime now, std::uint64_t most,
                                        std::chrono::minutes window) {
  const std::lock_guard lock(mutex_);
  if (tries_.size() >= kMostSources && tries_.find(source) == tries_.end()) {
    std::erase_if(tries_, [&](const auto& one) { return now - one.second.first >= window; });
    if (tries_.size() >= kMostSources) return Verdict::Wrong;  // so many guess at once that no one stands out
  }
  auto& tries = tries_[source];
  if (tries.count == 0 || now - tries.first >= window || now < tries.first) tries = {now, 0};
  if (++tries.count <= most) return Verdict::Wrong;
  return tries.count == most + 1 ? Verdict::LockedNow : Verdict::Locked;
}

}  // namespace meterway::portal
