#pragma once
#include "base/util/clock.h"

namespace meterway::flow {

/// 3000-12-31T00:00:00Z, the ExecutionDateTime that takes back what was to happen later.
inline UtcTime never() { return UtcTime(std::chrono::sys_days{std::chrono::year{3000} / 12 / 31}); }
inline bool is_never(UtcTime time) { return time == never(); }

}  // namespace meterway::flow
