#pragma once
#include <string>

#include "base/util/clock.h"
#include "records/registry/request_record.h"

namespace meterway::flow {

/// 3000-12-31T00:00:00Z, the ExecutionDateTime that takes back what was to happen later.
inline UtcTime never() { return UtcTime(std::chrono::sys_days{std::chrono::year{3000} / 12 / 31}); }
inline bool is_never(UtcTime time) { return time == never(); }

/// What is for one moment does not all go at it: each has its place in the spread, always the same.
inline std::chrono::milliseconds place_in_spread(std::uint64_t whose, std::chrono::milliseconds spread) {
  if (spread.count() <= 0) return std::chrono::milliseconds(0);
  auto mixed = whose * 0x9E3779B97F4A7C15ull;
  mixed ^= mixed >> 32;
  return std::chrono::milliseconds(static_cast<std::int64_t>(mixed % static_cast<std::uint64_t>(spread.count())));
}

/// The DCC keeps the date of this request, and it is one.
inline bool is_held(const registry::RequestRecord& record) { return record.dcc_dated && !is_never(record.send_at); }
/// Of a request that is_held(): what events say of it when it is accepted and when its outcome is queued, as reports
/// owe its response from that time on.
inline std::string held_words(const registry::RequestRecord& record) {
  return ", held until " + to_iso8601(record.send_at, 3);
}

}  // namespace meterway::flow
