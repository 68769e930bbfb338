#include "flow/envelope/trace.h"

#include <algorithm>
#include <span>

#include "base/log/log.h"
#include "flow/envelope/meters.h"
#include "records/store/event_log.h"

namespace meterway::flow {

namespace {

constexpr std::string_view kStep = "road.step";

/// What an operator may want to know at once has a message of its own, everything else is a step.
std::string_view message_of(const Hop& hop) {
  if (hop.outcome == "refused") return "request.refused";
  if (hop.step == "correlate" && hop.outcome == "given up") return "command.given_up";
  if (hop.step == "deliver" && hop.outcome == "failed") return "delivery.failed";
  if (hop.step == "deliver" && (hop.outcome == "given up" || hop.outcome == "too large")) return "delivery.given_up";
  if (hop.step == "anomaly" && hop.outcome == "quarantined") return "request.quarantined";
  return kStep;
}

void say(const logging::Log& log, std::string_view key, const std::vector<Hop>& hops) {
  const bool tells_all = log.wants(logging::Level::Debug);
  for (const auto& hop : hops) {
    const auto message = message_of(hop);
    if (!tells_all && message == kStep) continue;
    // Never its bytes.
    log.write(message, {{"request", key}, {"step", hop.step}, {"outcome", hop.outcome}, {"detail", hop.detail}});
  }
}

}  // namespace

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
  if (context.meters != nullptr) context.meters->count(hops, context.clock.now());
  if (context.log != nullptr) say(*context.log, key, hops);
  return {};
}

Status trace(const Context& context, std::string_view key, const std::vector<Hop>& hops) {
  return context.store.write([&](store::WriteView& view) { return trace(view, context, key, hops); });
}

}  // namespace meterway::flow
