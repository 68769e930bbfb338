#include "flow/tracing/timeline.h"

#include <gtest/gtest.h>

namespace meterway::flow::tracing {
namespace {

using std::chrono::microseconds;

UtcTime at(int us) { return *from_iso8601("2026-06-01T00:00:00Z") + microseconds(us); }

Story story(std::vector<store::Event> events) {
  Story out;
  out.key = "k";
  out.events = std::move(events);
  return out;
}

TEST(Timeline, SaysHowLongEachStepTookAndWhatForAndPartsSchemaFromSignature) {
  const auto told =
      story({{1, at(0), "k", "gateway", "received", "900 bytes for serviceS", {}},
             {2, at(500), "k", "verify", "passed", "schema 5.4 in 120 us, signed with certificate 77", {}},
             {3, at(620), "k", "authorise", "passed", "service 4.1.1", {}}});
  const auto steps = steps_of(told, {});
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(steps[0].area, "TLS");
  EXPECT_FALSE(steps[0].took);
  EXPECT_EQ(steps[1].area, "XSD");
  EXPECT_EQ(steps[1].took, microseconds(120));
  EXPECT_EQ(steps[1].time, at(120));
  EXPECT_EQ(steps[1].detail, "schema 5.4 in 120 us");
  EXPECT_EQ(steps[2].area, "SIG");
  EXPECT_EQ(steps[2].took, microseconds(380));
  EXPECT_EQ(steps[2].detail, "signed with certificate 77");
  EXPECT_EQ(steps[3].area, "ACCESS");
  EXPECT_EQ(steps[3].took, microseconds(120));
  EXPECT_EQ(steps[3].row->spent, "work");
}

TEST(Timeline, OldEventsWithoutTheSchemasTimeStayOneStep) {
  const auto told = story({{1, at(0), "k", "gateway", "received", "", {}},
                           {2, at(500), "k", "verify", "passed", "schema 5.4, signed with certificate 77", {}},
                           {3, at(900), "k", "verify", "passed", "schema 5.4 in 9999999 us, signed with 7", {}}});
  EXPECT_EQ(steps_of(told, {}).size(), 3u) << "nor one whose words cannot be";
}

TEST(Timeline, NamesTheRuleThatDecidedWithItsClause) {
  const auto told =
      story({{1, at(0), "k", "authorise", "passed", "service 4.1.1; rule responsible.IS allowed as IS; facts x", {}},
             {2, at(1), "k", "gateway", "refused", "stale_counter: a counter as great", {}},
             {3, at(2), "k", "quarantine", "expired", "nobody has decided; rule quarantine.keep", {}},
             {4, at(3), "k", "wan", "sent", "to a device", {}}});
  const auto steps = steps_of(told, {});
  ASSERT_TRUE(steps[0].reason);
  EXPECT_EQ(steps[0].reason->name, "responsible.IS");
  EXPECT_EQ(steps[0].reason->clause, "DUIS E4");
  EXPECT_FALSE(steps[0].reason->source.empty());
  ASSERT_TRUE(steps[1].reason);
  EXPECT_EQ(steps[1].reason->name, "refusal.stale_counter");
  EXPECT_EQ(steps[1].area, "SIG");
  ASSERT_TRUE(steps[2].reason);
  EXPECT_EQ(steps[2].reason->name, "quarantine.keep");
  EXPECT_FALSE(steps[3].reason);
}

TEST(Story, AKeyIsKnownInAnyFormItIsPastedIn) {
  const std::string kept = "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1000";
  for (const auto* pasted : {"90-b3-d5-1f-30-01-00-00:00-db-12-34-56-78-90-a0:1000",
                             "90b3d51f30010000:00db1234567890a0:1000", "  90B3D51F30010000:00DB1234567890A0:1000\r\n"})
    EXPECT_EQ(key_as_kept(pasted), kept) << pasted;
  EXPECT_EQ(key_as_kept("alert:00db:1"), "alert:00db:1");
}

TEST(Story, FindsTheKeysThatATextNames) {
  EXPECT_EQ(keys_in("by 90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:7, then alert:x:3. And alert: nothing"),
            (std::vector<std::string>{"90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:7", "alert:x:3"}));
}

}  // namespace
}  // namespace meterway::flow::tracing
