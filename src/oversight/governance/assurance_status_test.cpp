#include "oversight/governance/assurance_status.h"

#include <gtest/gtest.h>

namespace meterway::governance {
namespace {

TEST(AssuranceStatus, HasOneNameACodeAndOneCodeANameOnEveryDay) {
  for (const auto* text : {"2013-09-23", "2018-09-26", "2020-11-28", "2020-11-29", "2026-01-01"}) {
    const auto day = *calendar::parse_date(text);
    for (const auto& row : all_assurance_statuses()) {
      int names = 0, codes = 0;
      for (const auto& other : all_assurance_statuses()) {
        const bool holds = other.scheme == row.scheme && other.from <= day && day < other.to;
        names += holds && other.code == row.code ? 1 : 0;
        codes += holds && other.name == row.name ? 1 : 0;
      }
      EXPECT_EQ(names, 1) << row.code << " on " << text;
      EXPECT_LE(codes, 1) << row.name << " on " << text;
      const auto* named = name_on(row.scheme, row.code, day);
      ASSERT_NE(named, nullptr);
      EXPECT_EQ(read_status(row.scheme, named->name, day), named);
    }
  }
}

TEST(AssuranceStatus, ReadsNamesInEitherCaseAndRefusesOthers) {
  const auto day = *calendar::parse_date("2021-01-01");
  EXPECT_EQ(read_status("privacy", "deferred", day)->code, "P3");
  EXPECT_EQ(read_status("privacy", "Provisionally approved", day), nullptr);
  EXPECT_EQ(read_status("privacy", "", day), nullptr);
  EXPECT_EQ(read_status("tea", "Approved", day), nullptr);
}

}  // namespace
}  // namespace meterway::governance
