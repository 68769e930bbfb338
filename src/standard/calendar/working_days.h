#pragma once
#include <span>
#include <string_view>

#include "standard/calendar/date.h"

/// Working Days: not Saturday or Sunday, Christmas Day, Good Friday or a bank holiday in England.
///
/// Source:  the definition in Section A of the code (unconfirmed, sec-operations.md 5); bank holidays are the rows of
///          spec/bank_holidays.tsv, those of the Banking and Financial Dealings Act 1971 by its rule and those that
///          were proclaimed by name; a test computes the rule.
/// Errors:  OutOfRange for a day outside the years of the table: nobody knows what will be proclaimed.
namespace meterway::calendar {

struct BankHoliday {
  int year;
  unsigned month, day;
  std::string_view name;
  bool proclaimed;  ///< not by the rule: moved or added for one year
  std::string_view source;
  Date date() const {
    return Date(std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)));
  }
};
/// Ordered by date.
std::span<const BankHoliday> bank_holidays();

/// Null when that day is none.
const BankHoliday* bank_holiday(Date date);
Result<bool> is_working_day(Date date);

/// The n-th working day of the month of `date`, n from 1. Errors: BadValue when the month has fewer.
Result<Date> nth_working_day_of_month(Date date, unsigned n);
/// n working days after `date`, the day after it being the first that may count; n 0: `date` itself. What is due "n
/// working days after the end of the period" is due then.
Result<Date> add_working_days(Date date, unsigned n);
/// n working days before `date`, the same way: the last day on which a notice of n working days can be given.
Result<Date> subtract_working_days(Date date, unsigned n);
/// Working days in (from, to]; negative when `to` is before `from`. Late by this many when `from` was due and `to`
/// came.
Result<int> working_days_between(Date from, Date to);

}  // namespace meterway::calendar
