#include "records/anomaly/counter.h"

#include <algorithm>

#include "records/registry/octets.h"

namespace meterway::anomaly {
namespace {

constexpr std::uint8_t kFormat = 1;

std::uint64_t number(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
UtcTime time_of(std::uint64_t value) { return UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(value))); }

}  // namespace

UtcTime Counter::time(UtcTime now) const { return slots_.empty() ? now : std::max(now, slots_.back().last); }

Counter::Sum Counter::within(UtcTime now, std::chrono::microseconds window) const {
  const auto from = time(now) - window;
  Sum sum;
  for (auto slot = slots_.rbegin(); slot != slots_.rend() && slot->last > from; ++slot) {
    sum.passed += slot->passed;
    sum.held += slot->held;
  }
  return sum;
}

void Counter::add(UtcTime now, bool passed, std::chrono::microseconds shortest, std::chrono::microseconds longest) {
  const auto at = time(now);
  const auto old = std::find_if(slots_.begin(), slots_.end(), [&](const Slot& s) { return s.last > at - longest; });
  slots_.erase(slots_.begin(), old);
  if (slots_.empty() || at - slots_.back().first >= shortest / kSlotsPerWindow) {
    if (slots_.size() == kMostSlots) join_two(at);
    slots_.push_back({at, at, 0, 0});
  }
  auto& slot = slots_.back();
  slot.last = at;
  auto& sum = passed ? slot.passed : slot.held;
  if (sum < UINT32_MAX) ++sum;
}

bool Counter::forget_ahead(UtcTime now, std::chrono::microseconds longest) {
  const auto most = now + longest + kAhead;
  const auto before = slots_.size();
  std::erase_if(slots_, [&](const Slot& one) { return one.last > most; });
  const bool warned = warned_ > most;
  if (warned) warned_ = {};
  return warned || slots_.size() != before;
}

void Counter::join_two(UtcTime at) {
  // Two neighbours as one span the time from the first of one to the last of the other. It is wrong by that much for
  // the windows that begin in it, which are as long as it is old.
  std::size_t best = 0;
  double least = 0;
  for (std::size_t i = 0; i + 1 < slots_.size(); ++i) {
    const auto span = slots_[i + 1].last - slots_[i].first, age = at - slots_[i + 1].last;
    const auto share = static_cast<double>(span.count()) / static_cast<double>(age.count() + 1);
    if (i != 0 && share >= least) continue;
    best = i;
    least = share;
  }
  const auto sum = [](std::uint32_t a, std::uint32_t b) { return a > UINT32_MAX - b ? UINT32_MAX : a + b; };
  auto& one = slots_[best];
  const auto& next = slots_[best + 1];
  one = {one.first, next.last, sum(one.passed, next.passed), sum(one.held, next.held)};
  slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(best) + 1);
}

bool Counter::warned(UtcTime now, std::chrono::microseconds window) const {
  return warned_ != UtcTime{} && warned_ > time(now) - window;
}

std::string Counter::write() const {
  wire::Writer out;
  out.u8(kFormat).u64(number(warned_)).u8(slots_.size());
  for (const auto& slot : slots_) out.u64(number(slot.first)).u64(number(slot.last)).u32(slot.passed).u32(slot.held);
  return registry::string_of(out);
}

Result<Counter> Counter::read(std::string_view row) {
  wire::Reader in(registry::bytes_of(row));
  in.expect({kFormat}, "counter format");
  Counter counter;
  counter.warned_ = time_of(in.u64("warned"));
  const std::size_t count = in.u8("slots");
  if (count > kMostSlots) in.fail(ErrorCode::OutOfRange, "slots");
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    Slot slot;
    slot.first = time_of(in.u64("first"));
    slot.last = time_of(in.u64("last"));
    slot.passed = in.u32("passed");
    slot.held = in.u32("held");
    counter.slots_.push_back(slot);
  }
  METERWAY_CHECK(in.finish());
  return counter;
}

}  // namespace meterway::anomaly
