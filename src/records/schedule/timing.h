#pragma once
#include <optional>
#include <string_view>

#include "base/util/clock.h"
#include "standard/calendar/date.h"

/// Schedules that the DCC keeps for Users (5.1): when they run, and where they are kept.
namespace meterway::schedule {

using calendar::Date;

/// ScheduleFrequency of DUIS, in the schema's order.
enum class Frequency : std::uint8_t { Daily, Weekly, Monthly, Quarterly, HalfYearly, Yearly };
Result<Frequency> parse_frequency(std::string_view text);
std::string_view to_string(Frequency value);

/// xs:time as a distance from midnight UTC; without a zone it is UTC. A zone may bring it before midnight or after the
/// next. Errors: BadDateTime.
Result<std::chrono::milliseconds> time_of_day(std::string_view xs_time);

/// The moments of a schedule: all of them UTC, so that no hour is missing in spring and none comes twice in autumn.
struct Timing {
  Frequency frequency = Frequency::Daily;
  Date start{};
  std::optional<Date> end;            ///< the last day on which it may run
  std::chrono::milliseconds time{0};  ///< of day

  /// The first moment that is not before `at`; none when the end is reached. Months keep the day of the start; one that
  /// has no such day runs on its last (the 31st: 28 February, then 31 March again).
  std::optional<UtcTime> first_from(UtcTime at) const;
  /// The day to which a moment of this schedule belongs.
  Date day_of(UtcTime moment) const { return calendar::date_of(moment - time); }
};

}  // namespace meterway::schedule
