#include "standard/rules/rules.h"

#include <gtest/gtest.h>

namespace meterway::rules {
namespace {

Date day(std::string_view text) { return calendar::parse_date(text).value(); }

TEST(Rules, HaveNeitherGapsNorOverlapsWithinAName) {
  const auto all = all_rules();
  ASSERT_GT(all.size(), 40u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_LT(all[i].from, all[i].to) << all[i].name;
    EXPECT_FALSE(all[i].source.empty()) << all[i].name;
    if (i + 1 == all.size()) break;
    EXPECT_LE(all[i].name, all[i + 1].name);
    if (all[i].name == all[i + 1].name) {
      EXPECT_EQ(all[i].to, all[i + 1].from) << all[i].name;
    }
  }
}

TEST(Rules, GiveTheValueOfTheDayAndTheRowThatDecidedIt) {
  const Rules rules;
  EXPECT_EQ(rules.on("report.sr_variance.due", day("2018-08-31"))->integer().value(), 10);
  EXPECT_EQ(rules.on("report.network_enhancement.owed", day("2020-12-31"))->value, "yes");
  const auto after = rules.on("report.network_enhancement.owed", day("2021-01-01"));
  EXPECT_EQ(after->value, "no");
  EXPECT_EQ(after->row->from, day("2021-01-01"));
  EXPECT_EQ(rules.on("cpm6.target", day("2018-07-01"))->number().value(), 99.5);
  EXPECT_EQ(rules.on("maintenance.window.begin", day("2018-07-01"))->integer().error().code, ErrorCode::BadNumber);
}

TEST(Rules, SayNothingOfDaysAndNamesThatTheyDoNotHave) {
  const Rules rules;
  EXPECT_EQ(rules.on("report.tea", day("2018-08-31")).error().code, ErrorCode::NotFound);
  EXPECT_EQ(rules.on("report.sr_variance.due", day("2001-01-01")).error().code, ErrorCode::OutOfRange);
}

TEST(Rules, LetTheOperatorSetWhatIsUnconfirmedAndSaySo) {
  Rules rules;
  EXPECT_TRUE(rules.set("maintenance.notice", "15"));
  const auto ruling = rules.on("maintenance.notice", day("2018-09-01"));
  EXPECT_EQ(ruling->integer().value(), 15);
  EXPECT_TRUE(ruling->overridden);
  EXPECT_EQ(ruling->explain(day("2018-09-01")),
            "maintenance.notice = 15 working days on 1 September 2018: H8.4, from 23 September 2013, unconfirmed "
            "(sec-operations.md 6); set by the operator in place of 20");
  EXPECT_EQ(rules.set("report.sr_variance.due", "11").error(),
            "report.sr_variance.due: is confirmed, and not to be set");
  EXPECT_EQ(rules.set("tea", "11").error(), "tea: there is no such rule");
  EXPECT_EQ(rules.set("maintenance.notice", "soon").error(), "maintenance.notice: expected a number");
}

TEST(Rules, KeepAConfirmedRowOfANameWhoseOtherRowIsOpen) {
  Rules rules;
  ASSERT_TRUE(rules.set("security.smets1.counts", "none"));
  EXPECT_EQ(rules.on("security.smets1.counts", day("2018-10-01"))->value, "all");
  EXPECT_EQ(rules.on("security.smets1.counts", day("2019-10-01"))->value, "none");
}

}  // namespace
}  // namespace meterway::rules
