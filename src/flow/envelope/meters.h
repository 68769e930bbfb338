#pragma once
#include <chrono>
#include <string_view>
#include <vector>

#include "base/metrics/metrics.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow {

/// What the road counts of itself: rows of spec/metrics.tsv. Sharing: from any thread.
struct Meters {
  explicit Meters(metrics::Registry& registry);

  metrics::Family& requests;      ///< service, outcome
  metrics::Family& request_time;  ///<
  metrics::Family& steps;         ///< step, outcome
  metrics::Family& step_time;     ///< step
  metrics::Family& road_time;     ///<
  metrics::Family& outcomes;      ///< service, code
  metrics::Family& given_up;      ///< why
  metrics::Family& deliveries;    ///< class, outcome
  metrics::Family& quarantined;   ///<

  /// Events that are written together, in their order; `now` for those that have no time of their own.
  void count(const std::vector<Hop>& hops, UtcTime now) const;
};

/// A service reference variant that is one, "unknown" for anything else: what a sender makes up is no label.
std::string_view service_label(std::string_view variant);

}  // namespace meterway::flow
