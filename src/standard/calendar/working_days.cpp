#include "standard/calendar/working_days.h"

#include <algorithm>
#include <iterator>

namespace meterway::calendar {
namespace {

#include "standard/calendar/bank_holidays.inc"

constexpr std::chrono::days kDay{1};

Status in_table(Date date) {
  const int year = static_cast<int>(std::chrono::year_month_day(date).year());
  if (year < std::begin(kBankHolidays)->year || year > std::prev(std::end(kBankHolidays))->year)
    return fail(ErrorCode::OutOfRange, 0, "date: no bank holidays are known of that year");
  return {};
}

/// From `date`, a day at a time in the direction of `step`, until n working days have passed.
Result<Date> walk(Date date, unsigned n, std::chrono::days step) {
  METERWAY_CHECK(in_table(date));
  while (n > 0) {
    date += step;
    METERWAY_TRY(const bool works, is_working_day(date));
    if (works) --n;
  }
  return date;
}

}  // namespace

std::span<const BankHoliday> bank_holidays() { return kBankHolidays; }

const BankHoliday* bank_holiday(Date date) {
  const auto found = std::lower_bound(std::begin(kBankHolidays), std::end(kBankHolidays), date,
                                      [](const BankHoliday& holiday, Date wanted) { return holiday.date() < wanted; });
  return found != std::end(kBankHolidays) && found->date() == date ? found : nullptr;
}

Result<bool> is_working_day(Date date) {
  METERWAY_CHECK(in_table(date));
  const auto weekday = std::chrono::weekday(date).iso_encoding();
  return weekday < 6 && bank_holiday(date) == nullptr;
}

Result<Date> nth_working_day_of_month(Date date, unsigned n) {
  if (n == 0 || n > 31) return fail(ErrorCode::BadValue, 0, "n: working days of a month are counted from 1");
  METERWAY_TRY(const auto found, walk(first_of_month(date) - kDay, n, kDay));
  if (found > last_of_month(date)) return fail(ErrorCode::BadValue, 0, "n: the month has fewer working days");
  return found;
}

Result<Date> add_working_days(Date date, unsigned n) { return walk(date, n, kDay); }
Result<Date> subtract_working_days(Date date, unsigned n) { return walk(date, n, -kDay); }

Result<int> working_days_between(Date from, Date to) {
  const bool forward = from <= to;
  if (!forward) std::swap(from, to);
  METERWAY_CHECK(in_table(from));
  METERWAY_CHECK(in_table(to));
  int count = 0;
  for (Date day = from + kDay; day <= to; day += kDay) {
    METERWAY_TRY(const bool works, is_working_day(day));
    count += works ? 1 : 0;
  }
  return forward ? count : -count;
}

}  // namespace meterway::calendar
