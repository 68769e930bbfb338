#include "standard/calendar/date.h"

#include <cstdio>

namespace meterway::calendar {
namespace {

using std::chrono::year_month_day;

constexpr const char* kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                   "July",    "August",   "September", "October", "November", "December"};

/// Digits only, or -1.
int number(std::string_view text) {
  int out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    out = out * 10 + (c - '0');
  }
  return out;
}

}  // namespace

Result<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return fail(ErrorCode::BadDateTime, 0, "date");
  const int year = number(text.substr(0, 4)), month = number(text.substr(5, 2)), day = number(text.substr(8, 2));
  if (year < 1 || month < 1 || day < 1) return fail(ErrorCode::BadDateTime, 0, "date");
  const year_month_day ymd{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                           std::chrono::day(static_cast<unsigned>(day))};
  if (!ymd.ok()) return fail(ErrorCode::BadDateTime, 0, "date");
  return Date(ymd);
}

std::string to_text(Date date) {
  const year_month_day ymd(date);
  char out[32];
  std::snprintf(out, sizeof out, "%04d-%02u-%02u", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                static_cast<unsigned>(ymd.day()));
  return out;
}

std::string in_words(Date date) {
  const year_month_day ymd(date);
  return std::to_string(static_cast<unsigned>(ymd.day())) + " " + kMonths[static_cast<unsigned>(ymd.month()) - 1] +
         " " + std::to_string(static_cast<int>(ymd.year()));
}

Date first_of_month(Date date) {
  const year_month_day ymd(date);
  return Date(ymd.year() / ymd.month() / 1);
}

Date last_of_month(Date date) {
  const year_month_day ymd(date);
  return Date(ymd.year() / ymd.month() / std::chrono::last);
}

}  // namespace meterway::calendar
