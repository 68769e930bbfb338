#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/util/clock.h"

namespace meterway::calendar {

/// A day, without a time and without a zone.
using Date = std::chrono::sys_days;

/// "2018-09-14". Errors: BadDateTime for any other form and for days that there are not.
Result<Date> parse_date(std::string_view text);
std::string to_text(Date date);
/// "14 September 2018", as the documents of the code write it.
std::string in_words(Date date);

inline Date date_of(UtcTime time) { return std::chrono::floor<std::chrono::days>(time); }
/// The first and the last day of the month of `date`.
Date first_of_month(Date date);
Date last_of_month(Date date);

}  // namespace meterway::calendar
