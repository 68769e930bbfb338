#include "flow/outage/percentile.h"

#include <algorithm>

namespace meterway::flow::outage {

nlohmann::ordered_json percentiles(std::vector<double> values) {
  if (values.empty()) return nullptr;
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size()) + 0.999999);
    return values[std::min(std::max<std::size_t>(rank, 1), values.size()) - 1];
  };
  return {{"p50", at(0.5)}, {"p95", at(0.95)}, {"p99", at(0.99)}, {"p999", at(0.999)}, {"max", values.back()}};
}

}  // namespace meterway::flow::outage
