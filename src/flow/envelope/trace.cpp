#include "flow/envelope/trace.h"

#include "records/store/event_log.h"

namespace meterway::flow {

Status trace(store::WriteView& view, const Context& context, std::string_view key, const std::vector<Hop>& hops) {
  for (const auto& hop : hops) {
    store::Event event;
    event.time = hop.at == UtcTime{} ? context.clock.now() : hop.at;
    event.request_id = key;
    event.step = hop.step;
    event.outcome = hop.outcome;
    event.detail = hop.detail;
    event.bytes = hop.message;
    if (auto done = store::append_event(view, std::move(event)); !done) return Unexpected{done.error()};
  }
  return {};
}

Status trace(const Context& context, std::string_view key, const std::vector<Hop>& hops) {
  return context.store.write([&](store::WriteView& view) { return trace(view, context, key, hops); });
}

}  // namespace meterway::flow
