#include "standard/calendar/civil_time.h"

#include <algorithm>

namespace meterway::calendar {
namespace {

using std::chrono::hours;

UtcTime last_sunday_at_one(std::chrono::year year, std::chrono::month month) {
  return std::chrono::sys_days(year / month / std::chrono::Sunday[std::chrono::last]) + hours(1);
}

bool is_summer(UtcTime time) {
  const auto year = std::chrono::year_month_day(date_of(time)).year();
  return time >= last_sunday_at_one(year, std::chrono::March) && time < last_sunday_at_one(year, std::chrono::October);
}

}  // namespace

UtcTime civil_moment(Date day, std::chrono::seconds since_midnight) {
  const UtcTime in_winter = day + since_midnight;
  const auto in_summer = in_winter - hours(1);
  return is_summer(in_summer) ? in_summer : in_winter;
}

Date civil_day(UtcTime time) { return date_of(is_summer(time) ? time + hours(1) : time); }

Result<Date> parse_compact_date(std::string_view text) {
  const bool digits =
      text.size() == 8 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return fail(ErrorCode::BadDateTime, 0, "expected YYYYMMDD");
  return parse_date(std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) + "-" +
                    std::string(text.substr(6)));
}

std::string to_compact(Date date) {
  auto out = to_text(date);
  out.erase(std::remove(out.begin(), out.end(), '-'), out.end());
  return out;
}

}  // namespace meterway::calendar
