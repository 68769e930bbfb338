#include "flow/envelope/meters.h"

#include "standard/duis/services.h"

namespace meterway::flow {

Meters::Meters(metrics::Registry& registry)
    : requests(registry["meterway_requests_total"]),
      request_time(registry["meterway_request_seconds"]),
      steps(registry["meterway_steps_total"]),
      step_time(registry["meterway_step_seconds"]),
      road_time(registry["meterway_road_seconds"]),
      outcomes(registry["meterway_outcomes_total"]),
      given_up(registry["meterway_given_up_total"]),
      deliveries(registry["meterway_deliveries_total"]),
      quarantined(registry["meterway_quarantined_total"]) {}

void Meters::count(const std::vector<Hop>& hops, UtcTime now) const {
  UtcTime before{};
  for (const auto& hop : hops) {
    const auto at = hop.at == UtcTime{} ? now : hop.at;
    steps.add({hop.step, hop.outcome});
    if (before != UtcTime{}) step_time.observe({hop.step}, at - before);
    before = at;
  }
}

std::string_view service_label(std::string_view variant) {
  const auto* service = duis::find_service(variant);
  return service == nullptr ? "unknown" : service->variant;
}

}  // namespace meterway::flow
