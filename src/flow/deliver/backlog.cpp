#include "flow/deliver/backlog.h"

namespace meterway::flow::deliver {
namespace {

std::int64_t second_of(UtcTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

std::uint64_t UserBacklog::depth() const {
  std::uint64_t sum = 0;
  for (const auto& one : classes) sum += one.depth;
  return sum;
}

void LastMinute::count(UtcTime now) {
  const auto number = second_of(now);
  auto& slot = seconds_[static_cast<std::size_t>(number % 60)];
  if (slot.number != number) slot = {number, 0};
  ++slot.count;
}

std::uint64_t LastMinute::sum(UtcTime now) const {
  const auto number = second_of(now);
  std::uint64_t sum = 0;
  for (const auto& slot : seconds_) {
    if (slot.number > number - 60 && slot.number <= number) sum += slot.count;
  }
  return sum;
}

}  // namespace meterway::flow::deliver
