#include "records/store/event_time.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "records/store/event_log.h"

namespace meterway::store {
namespace {

constexpr std::uint64_t kNear = 64;
constexpr std::size_t kLookedAt = 33;  // their median counts: one clock that is wrong is outvoted

}  // namespace

Result<std::uint64_t> last_sequence(const ReadView& view) {
  METERWAY_TRY(const auto next, view.get("event-next", ""));
  if (!next) return std::uint64_t{0};
  wire::Reader in({reinterpret_cast<const std::uint8_t*>(next->data()), next->size()});
  const auto sequence = in.u64("sequence");
  METERWAY_CHECK(in.finish());
  return sequence == 0 ? 0 : sequence - 1;
}

Result<std::uint64_t> sequence_near(const ReadView& view, UtcTime time) {
  std::uint64_t low = 1;
  METERWAY_TRY(auto high, last_sequence(view));
  ++high;
  while (high > low + kNear) {
    const auto middle = low + (high - low) / 2;
    METERWAY_TRY(auto events, events_from(view, middle, kLookedAt));
    std::erase_if(events, [&](const Event& event) { return event.sequence >= high; });
    if (events.empty()) {
      high = middle;
      continue;
    }
    const auto half = events.begin() + static_cast<std::ptrdiff_t>(events.size() / 2);
    std::nth_element(events.begin(), half, events.end(),
                     [](const Event& left, const Event& right) { return left.time < right.time; });
    (half->time >= time ? high : low) = middle;
  }
  return low;
}

}  // namespace meterway::store
