#include "flow/envelope/trace.h"

#include <algorithm>
#include <span>

#include "records/store/event_log.h"

namespace meterway::flow {

Status trace(store::WriteView& view, const Context& context, std::string_view key, const std::vector<Hop>& hops) {
  std::vector<store::Event> events(hops.size());
  for (std::size_t i = 0; i < hops.size(); ++i) {
    const auto& hop = hops[i];
    auto& event = events[i];
    event.time = hop.at == UtcTime{} ? context.clock.now() : hop.at;
    event.step = hop.step;
    event.outcome = hop.outcome;
    event.detail = hop.detail;
    event.bytes = hop.message;
  }
  for (std::span<const store::Event> rest(events); !rest.empty();) {
    const auto size = std::min(rest.size(), store::kMaxEventsPerCall);
    if (auto done = store::append_events(view, key, rest.first(size)); !done) return Unexpected{done.error()};
    rest = rest.subspan(size);
  }
  return {};
}

Status trace(const Context& context, std::string_view key, const std::vector<Hop>& hops) {
  return context.store.write([&](store::WriteView& view) { return trace(view, context, key, hops); });
}

}  // namespace meterway::flow
