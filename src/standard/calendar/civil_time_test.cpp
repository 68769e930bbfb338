#include "standard/calendar/civil_time.h"

#include <gtest/gtest.h>

namespace meterway::calendar {
namespace {

std::string moment(const char* day, int seconds = 0) {
  return to_iso8601(civil_moment(*parse_compact_date(day), std::chrono::seconds(seconds)), 0);
}

TEST(CivilTime, MidnightIsAnHourEarlierInSummer) {
  EXPECT_EQ(moment("20261123"), "2026-11-23T00:00:00Z");
  EXPECT_EQ(moment("20260701"), "2026-06-30T23:00:00Z");
  EXPECT_EQ(moment("20260329"), "2026-03-29T00:00:00Z") << "clocks go forward an hour later";
  EXPECT_EQ(moment("20260330"), "2026-03-29T23:00:00Z");
  EXPECT_EQ(moment("20261025"), "2026-10-24T23:00:00Z") << "clocks go back two hours later";
  EXPECT_EQ(moment("20261026"), "2026-10-26T00:00:00Z");
}

TEST(CivilTime, ATimeThatIsSkippedOrShownTwiceIsStillOneMoment) {
  EXPECT_EQ(moment("20260329", 5400), "2026-03-29T01:30:00Z") << "there is no half past one";
  EXPECT_EQ(moment("20261025", 5400), "2026-10-25T00:30:00Z") << "the first half past one";
}

TEST(CivilTime, TheDayIsTheOneThatCalendarsShow) {
  EXPECT_EQ(to_text(civil_day(*from_iso8601("2026-06-30T23:00:00Z"))), "2026-07-01");
  EXPECT_EQ(to_text(civil_day(*from_iso8601("2026-06-30T22:59:59Z"))), "2026-06-30");
  EXPECT_EQ(to_text(civil_day(*from_iso8601("2026-11-22T23:59:59Z"))), "2026-11-22");
}

TEST(CivilTime, CompactDatesAreDaysThatThereAre) {
  EXPECT_EQ(to_compact(*parse_compact_date("20240229")), "20240229");
  for (const auto* wrong : {"", "2024022", "20230229", "20241301", "2024-2-9", "202402290"})
    EXPECT_FALSE(parse_compact_date(wrong)) << wrong;
}

}  // namespace
}  // namespace meterway::calendar
