#include "field/device/replay.h"

#include <algorithm>

namespace meterway::field {

bool ReplayGuard::fresh(PartyRole role, OriginatorCounter counter) const {
  const auto it = last_.find(role);
  return it == last_.end() || counter > it->second;
}

std::optional<OriginatorCounter> ReplayGuard::last(PartyRole role) const {
  const auto it = last_.find(role);
  if (it == last_.end()) return std::nullopt;
  return it->second;
}

std::uint64_t TokenCache::highest() const {
  return counters_.empty() ? floor_.value : *std::max_element(counters_.begin(), counters_.end());
}

TokenCache::Verdict TokenCache::look(OriginatorCounter counter) const {
  if (std::find(counters_.begin(), counters_.end(), counter.value) != counters_.end()) return Verdict::Duplicate;
  if (floor_.value != 0 && counter <= floor_) return Verdict::TooOld;
  if (counters_.size() == kSize && counter.value < *std::min_element(counters_.begin(), counters_.end()))
    return Verdict::TooOld;
  return Verdict::New;
}

void TokenCache::add(OriginatorCounter counter) {
  if (counters_.size() == kSize) counters_.pop_front();
  counters_.push_back(counter.value);
}

OriginatorCounter TokenCache::reconstruct(std::uint16_t truncated) const {
  constexpr std::uint64_t kPeriod = 1024;
  const std::uint64_t near = highest() >> 32;
  const std::uint64_t base = near - near % kPeriod + truncated % kPeriod;
  std::uint64_t best = base;
  const auto distance = [near](std::uint64_t value) { return value > near ? value - near : near - value; };
  const std::uint64_t later = base + kPeriod;
  if (later <= 0xFFFFFFFFu && distance(later) <= distance(best)) best = later;
  if (base >= kPeriod && distance(base - kPeriod) < distance(best)) best = base - kPeriod;
  return OriginatorCounter{best << 32};
}

}  // namespace meterway::field
