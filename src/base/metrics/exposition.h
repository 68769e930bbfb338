#pragma once
#include <string>
#include <string_view>

#include "base/metrics/metrics.h"

namespace meterway::metrics {

/// The two forms in which a scraper reads metrics.
enum class Format : std::uint8_t { Text, OpenMetrics };

/// What the field Accept of a request asks for: OpenMetrics where it is named, the text format 0.0.4 otherwise.
Format format_for(std::string_view accept);
std::string_view content_type_of(Format format);

/// Every metric with HELP and TYPE, by name, those without a series too.
///
///     # HELP meterway_steps_total Events written, by step and outcome.
///     # TYPE meterway_steps_total counter
///     meterway_steps_total{step="verify",outcome="passed"} 17
///
/// In OpenMetrics a counter's family is named without _total, and the whole ends with "# EOF". In label values
/// backslash, quotation mark and line feed are escaped. Source: Prometheus exposition formats; OpenMetrics 1.0.
std::string write_text(const Registry& registry, Format format);

}  // namespace meterway::metrics
