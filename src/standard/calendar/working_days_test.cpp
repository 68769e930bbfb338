#include "standard/calendar/working_days.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace meterway::calendar {
namespace {

Date day(std::string_view text) { return parse_date(text).value(); }

TEST(Date, ReadsAndWritesDaysThatThereAreAndNoOthers) {
  EXPECT_EQ(to_text(day("2020-02-29")), "2020-02-29");
  EXPECT_EQ(in_words(day("2018-09-14")), "14 September 2018");
  for (const auto* wrong :
       {"2019-02-29", "2018-13-01", "2018-00-10", "18-09-14", "2018-9-14", "2018-09-14 ", "", "2018/09/14"})
    EXPECT_FALSE(parse_date(wrong)) << wrong;
}

// Seed A10: the reports of August and July 2018.
TEST(WorkingDays, AreThoseOfTheReportsOf2018) {
  EXPECT_EQ(add_working_days(day("2018-08-31"), 10).value(), day("2018-09-14"));
  EXPECT_EQ(nth_working_day_of_month(day("2018-09-30"), 10).value(), day("2018-09-14"));
  EXPECT_EQ(add_working_days(day("2018-07-31"), 25).value(), day("2018-09-05"));
  EXPECT_EQ(working_days_between(day("2018-09-14"), day("2018-09-17")).value(), 1);
  EXPECT_EQ(working_days_between(day("2018-09-17"), day("2018-09-14")).value(), -1);
  EXPECT_EQ(working_days_between(day("2018-09-14"), day("2018-09-16")).value(), 0) << "a weekend is not late";
  EXPECT_EQ(subtract_working_days(day("2018-09-14"), 10).value(), day("2018-08-31"));
}

TEST(WorkingDays, AreCountedByWorkingDaysBetweenAsTheyAreAdded) {
  for (Date from = day("2015-06-01"); from < day("2029-06-01"); from += std::chrono::days(13)) {
    for (const unsigned n : {0u, 1u, 5u, 20u, 60u})
      EXPECT_EQ(working_days_between(from, add_working_days(from, n).value()).value(), static_cast<int>(n));
  }
}

TEST(WorkingDays, KnowWhatWasProclaimed) {
  EXPECT_TRUE(is_working_day(day("2020-05-04")).value()) << "moved to VE Day";
  EXPECT_FALSE(is_working_day(day("2020-05-08")).value());
  EXPECT_TRUE(is_working_day(day("2022-05-30")).value());
  for (const auto* off : {"2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"})
    EXPECT_FALSE(is_working_day(day(off)).value()) << off;
}

TEST(WorkingDays, AreNotGuessedOutsideTheTable) {
  EXPECT_EQ(is_working_day(day("2014-12-31")).error().code, ErrorCode::OutOfRange);
  EXPECT_EQ(add_working_days(day("2030-12-27"), 5).error().code, ErrorCode::OutOfRange);
  EXPECT_EQ(nth_working_day_of_month(day("2018-02-01"), 21).error().code, ErrorCode::BadValue);
  EXPECT_EQ(nth_working_day_of_month(day("2018-02-01"), 0).error().code, ErrorCode::BadValue);
}

Date of(int year, unsigned month, unsigned number) {
  return Date(
      std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(number)));
}

/// Easter Sunday by Gauss's rule for the Gregorian calendar: another than the one the table was made with.
Date easter(int year) {
  const int k = year / 100, m = 15 + (3 * k + 3) / 4 - (8 * k + 13) / 25, s = 2 - (3 * k + 3) / 4, a = year % 19;
  const int d = (19 * a + m) % 30, r = (d + a / 11) / 29, og = 21 + d - r, sz = 7 - (year + year / 4 + s) % 7;
  return of(year, 3, 1) + std::chrono::days(og + 7 - (og - sz) % 7 - 1);
}

Date monday_from(Date date) {
  while (std::chrono::weekday(date) != std::chrono::Monday) date += std::chrono::days(1);
  return date;
}

/// The first weekday from `date` that `taken` does not have.
Date free_from(Date date, const std::set<Date>& taken) {
  while (std::chrono::weekday(date).iso_encoding() > 5 || taken.count(date) != 0) date += std::chrono::days(1);
  return date;
}

std::set<Date> by_rule(int year) {
  std::set<Date> days{easter(year) - std::chrono::days(2), easter(year) + std::chrono::days(1),
                      monday_from(of(year, 5, 1)), monday_from(of(year, 5, 25)), monday_from(of(year, 8, 25))};
  days.insert(free_from(of(year, 1, 1), days));
  const auto boxing = of(year, 12, 26);
  const bool boxing_is_free = std::chrono::weekday(boxing).iso_encoding() <= 5;
  if (boxing_is_free) days.insert(boxing);
  days.insert(free_from(of(year, 12, 25), days));
  if (!boxing_is_free) days.insert(free_from(boxing, days));
  return days;
}

TEST(BankHolidays, AreThoseOfTheRuleButForWhatWasProclaimed) {
  for (int year = 2015; year <= 2030; ++year) {
    std::set<Date> table;
    unsigned proclaimed = 0;
    for (const auto& holiday : bank_holidays()) {
      if (holiday.year != year) continue;
      proclaimed += holiday.proclaimed ? 1 : 0;
      if (!holiday.proclaimed) table.insert(holiday.date());
      EXPECT_FALSE(holiday.source.empty());
    }
    const auto rule = by_rule(year);
    EXPECT_TRUE(std::includes(rule.begin(), rule.end(), table.begin(), table.end())) << year;
    const std::size_t moved = year == 2020 || year == 2022 ? 1 : 0;
    EXPECT_EQ(table.size() + moved, rule.size()) << year;
    EXPECT_EQ(proclaimed, year == 2022 ? 3u : year == 2020 || year == 2023 ? 1u : 0u) << year;
  }
}

}  // namespace
}  // namespace meterway::calendar
