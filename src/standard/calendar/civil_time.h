#pragma once
#include "standard/calendar/date.h"

namespace meterway::calendar {

/// The moment at which clocks in Great Britain show this time of that day. Summer time, an hour ahead of UTC, is from
/// the last Sunday of March to the last Sunday of October, 01:00 UTC each (Summer Time Order 2002). A time that the
/// clocks skip counts as in winter; of one that they show twice it is the first.
UtcTime civil_moment(Date day, std::chrono::seconds since_midnight = std::chrono::seconds(0));
/// The day that calendars in Great Britain show at that moment.
Date civil_day(UtcTime time);
/// "20261122", as market files write days. Errors: BadDateTime.
Result<Date> parse_compact_date(std::string_view text);
std::string to_compact(Date date);

}  // namespace meterway::calendar
