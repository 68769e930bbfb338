#include "flow/envelope/event_area.h"

#include <gtest/gtest.h>

#include <string>

namespace meterway::flow {
namespace {

TEST(EventArea, TellsRefusalsApartByWhatTheirDetailBeginsWith) {
  EXPECT_EQ(area_of("gateway", "refused", "not_schema: element Body").area, "XSD");
  EXPECT_EQ(area_of("gateway", "refused", "bad_signature: wrong digest").area, "SIG");
  EXPECT_EQ(area_of("gateway", "refused", "too_large: 5 MB").area, "TLS");
  EXPECT_EQ(area_of("gateway", "refused", "role_not_eligible: role IS").area, "ACCESS");
  EXPECT_EQ(area_of("gateway", "refused", "role_not_eligible: role IS").tone, "refused");
}

TEST(EventArea, KnowsEveryStepOfTheRoad) {
  for (const auto* step : {"gateway",  "verify", "authorise", "anomaly",  "quarantine", "transform", "answer",
                           "dispatch", "wan",    "correlate", "deliver",  "hold",       "schedule",  "alert",
                           "outage",   "hub",    "region",    "firmware", "admin",      "cos",       "certified"})
    EXPECT_NE(area_of(step, "something new", "").area, "OTHER") << step;
  EXPECT_EQ(area_of("deliver", "given up", "").tone, "failed");
  EXPECT_EQ(area_of("deliver", "delivered", "").tone, "done");
}

TEST(EventArea, IsOtherForAStepThatNoRowHas) {
  EXPECT_EQ(area_of("tea", "made", "").area, "OTHER");
  EXPECT_EQ(area_of("", "", "").area, "OTHER");
  EXPECT_TRUE(is_event_area("OTHER"));
  EXPECT_FALSE(is_event_area("tls"));
  EXPECT_TRUE(is_event_tone("held"));
  EXPECT_FALSE(is_event_tone(""));
}

TEST(EventArea, RowsAreFoundByThemselves) {
  for (const auto& row : event_areas()) {
    const std::string outcome(row.outcome == "*" ? "whatever" : row.outcome);
    const std::string detail(row.refusal == "*" ? "no_user: none" : row.refusal);
    const auto& found = area_of(row.step, outcome, detail);
    EXPECT_EQ(&found, &row) << row.step << " " << row.outcome << " " << row.refusal;
  }
}

}  // namespace
}  // namespace meterway::flow
