#pragma once
#include <nlohmann/json.hpp>
#include <vector>

namespace meterway::flow::outage {

/// {"p50", "p95", "p99", "p999", "max"} by nearest rank; null when there is nothing.
nlohmann::ordered_json percentiles(std::vector<double> values);

}  // namespace meterway::flow::outage
