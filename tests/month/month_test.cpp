#include <gtest/gtest.h>

#include <cstdlib>

#include "lab/month_check.h"
#include "tests/support/sanitized.h"

// From the road, not from a fixture: a hundredth of August 2018 goes through gateway, store, link and homes in
// virtual time; each User keeps its own count. The reports that are made from the platform's events must say the same.
namespace meterway::lab {
namespace {

/// One request of so many of the month's.
unsigned share() {
  const char* asked = std::getenv("METERWAY_MONTH_SHARE");
  return asked != nullptr ? static_cast<unsigned>(std::strtoul(asked, nullptr, 10)) : kSanitized ? 1000 : 100;
}

std::unique_ptr<Month> made(unsigned of_so_many, std::uint64_t seed, MonthPlant plant = MonthPlant::None) {
  MonthSettings settings;
  settings.seed = seed;
  settings.share = of_so_many;
  settings.plant = plant;
  auto month = Month::run(settings);
  EXPECT_TRUE(month) << describe(month.error());
  return month ? std::move(*month) : nullptr;
}

TEST(MonthFromTheRoad, TheReportsSayWhatUsersCounted) {
  const auto month = made(share(), 1);
  ASSERT_TRUE(month);
  const rules::Rules rules;
  const auto check = check_month(*month, rules);
  ASSERT_TRUE(check) << describe(check.error());
  std::printf("%s", check->text().c_str());
  EXPECT_TRUE(check->holds()) << check->text();
  EXPECT_TRUE(month->verdict().holds()) << month->verdict().text();

  const auto& own = month->own();
  EXPECT_EQ(own.total(), month->settings().requests());
  EXPECT_TRUE(share() != 100 || check->variance == "12,090 against 70,042 = -82.74 %") << check->variance;
  EXPECT_NE(check->report.find("-82.7"), std::string::npos);
  // What makes the count worth something was there.
  EXPECT_GT(own.refused, 0u);
  EXPECT_GT(own.posts, own.total()) << "repeats, and critical requests twice";
  EXPECT_GT(month->crashes(), 0u);
  EXPECT_GT(check->lines.size(), 30u);
  for (const auto* responses : {&own.on_demand, &own.future_dated, &own.alerts}) {
    EXPECT_GT(responses->in_time, 0u);
    EXPECT_TRUE(share() > 100 || responses->in_time + responses->doubtful < responses->owed) << "some are late";
    EXPECT_LE(responses->doubtful * 100, responses->owed) << "hardly any may be either";
  }
}

/// The comparison can fail: each of these is a month whose log is wrong by one request.
TEST(MonthFromTheRoad, FindsOneRequestTooManyInTheLog) {
  const auto month = made(2000, 2, MonthPlant::CountTwice);
  ASSERT_TRUE(month);
  const rules::Rules rules;
  const auto check = check_month(*month, rules);
  ASSERT_TRUE(check);
  EXPECT_FALSE(check->holds());
  EXPECT_EQ(check->numbers[0].reported, check->numbers[0].own + 1) << check->text();
}

TEST(MonthFromTheRoad, FindsOneRequestThatTheLogHasLost) {
  const auto month = made(2000, 2, MonthPlant::LoseEvents);
  ASSERT_TRUE(month);
  const rules::Rules rules;
  const auto check = check_month(*month, rules);
  ASSERT_TRUE(check);
  EXPECT_FALSE(check->holds());
  EXPECT_EQ(check->numbers[0].reported + 1, check->numbers[0].own) << check->text();
}

}  // namespace
}  // namespace meterway::lab
