#include "portal/server/identity.h"

namespace meterway::portal {

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
