#pragma once
#include <string_view>

#include "base/util/bytes.h"
#include "base/util/clock.h"
#include "standard/duis/element.h"

namespace meterway::flow::transform {

/// DLMS forms of DUIS dates and times (IEC 62056-6-2, 4.1.6.1). FF stands for "any".
///
///     date-time   year:2 month day FF hour minute second 00 | 8000 FF     deviation not specified, status FF
///     date        year:2 month day day-of-week
///     time        hour minute second hundredths
Bytes dlms_date_time(UtcTime time);

/// When a future-dated instruction comes into force: absent = at once (zeros), the DUIS date 3000-12-31T00:00:00Z =
/// never, which cancels what waits (FF), any other = then. Errors: BadDateTime.
Result<Bytes> dlms_activation(const duis::Element* execution_date_time);
/// 3000-12-31T00:00:00Z.
bool is_never(UtcTime time);

/// A DUIS Date: Year, Month, DayOfMonth, DayOfWeek, each given or left open; the last (FE) or second last (FD) day.
Result<Bytes> dlms_date(const duis::Element& date);

/// xs:date. The year 65535 is "any", as the DUIS calendars write it. Errors: BadDateTime.
Result<Bytes> dlms_date(std::string_view xs_date);

/// xs:time, brought to UTC. Errors: BadDateTime.
Result<Bytes> dlms_time(std::string_view xs_time);

/// Seconds since 2000-01-01T00:00:00Z, as the meters' logs count them. What lies after 2136, such as the 3000-12-31
/// with which requests leave an end open, becomes the last such moment, FFFFFFFE: seen so in gas messages
/// (gbz_values.h), ours for these. Errors: OutOfRange before 2000.
Result<std::uint32_t> seconds_since_2000(UtcTime time);

}  // namespace meterway::flow::transform
