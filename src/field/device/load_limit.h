#pragma once
#include "field/device/context.h"

namespace meterway::field {

/// The load limit of an ESME (6.4.1): when what is drawn stays above the threshold for the period, the counter of 6.4.2
/// and ECS27 rises and 8F01 goes out; where the limit's supply state is "disable", supply goes off and is armed at once
/// (8F33), and is on again after the restoration period (8F34) unless somebody has switched it on before.
///
/// Source: names of the alerts and settings; SMETS2's load limiting in our own words.
/// Ours:   half-hours are the grain, a shorter period is one; the period begins anew when supply comes back.
struct LoadLimit {
  std::uint64_t threshold_watts = 0;  ///< 0: there is no limit
  std::int64_t half_hours = 1;        ///< the period, 1..48
  std::chrono::seconds restoration{0};
  bool cuts = false;
};
LoadLimit read_load_limit(const DeviceState& state);

/// At the end of a half-hour in which supply was on.
void watch_load_limit(const LoadLimit& limit, const LoadProfile& profile, DeviceState& state, UtcTime at,
                      std::vector<Told>& told);
/// Supply is on again where the limit has armed it and its time has come. Whoever changed supply in between has ended
/// the limit's doing.
void restore_after_limit(DeviceState& state, UtcTime at, std::vector<Told>& told);

}  // namespace meterway::field
