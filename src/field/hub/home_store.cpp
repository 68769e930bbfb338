#include "field/hub/home_store.h"

namespace meterway::field {

std::vector<Eui64> HomesInMemory::hubs() const {
  std::vector<Eui64> out;
  for (const auto& [hub, home] : kept_) out.push_back(hub);
  return out;
}

Result<std::unique_ptr<Home>> HomesInMemory::wake(Eui64 hub) {
  const auto found = kept_.find(hub);
  if (found == kept_.end()) return fail(ErrorCode::NotFound, 0, "hub");
  auto home = std::make_unique<Home>(found->second);
  home->forget_waiting();
  return home;
}

std::vector<Unacknowledged> HomesInMemory::outbox() const {
  std::vector<Unacknowledged> out;
  for (const auto& [transaction, waiting] : outbox_) out.push_back(waiting);
  return out;
}

std::vector<std::pair<UtcTime, Eui64>> HomesInMemory::due() const {
  std::vector<std::pair<UtcTime, Eui64>> out;
  for (const auto& [hub, home] : kept_) {
    if (const auto next = home.next_due()) out.emplace_back(*next, hub);
  }
  return out;
}

std::vector<Eui64> HomesInMemory::without_supply() const {
  std::vector<Eui64> out;
  for (const auto& [hub, home] : kept_) {
    if (home.memory().lost) out.push_back(hub);
  }
  return out;
}

Status HomesInMemory::keep(const RegionChange& change) {
  if (broken) return fail(ErrorCode::Io, 0, "homes in memory, told to fail");
  for (Home* home : change.homes) {
    (void)home->take_changed();
    kept_.insert_or_assign(home->hub(), *home);
  }
  for (const auto* waiting : change.added) outbox_[waiting->transaction] = *waiting;
  for (const auto transaction : change.acknowledged) outbox_.erase(transaction);
  return {};
}

}  // namespace meterway::field
