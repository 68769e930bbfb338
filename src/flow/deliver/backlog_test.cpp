#include "flow/deliver/backlog.h"

#include <gtest/gtest.h>

namespace meterway::flow::deliver {
namespace {

UtcTime noon() { return *from_iso8601("2026-06-01T12:00:00Z"); }

UserBacklog backlog(std::uint64_t first, std::uint64_t later) {
  UserBacklog out;
  out.classes[index(DeliveryClass::Prepayment)].depth = first;
  out.classes[index(DeliveryClass::Bulk)].depth = later;
  return out;
}

TEST(Promise, ReckonsByThePaceOfTheLastMinuteAndSaysSo) {
  auto user = backlog(600, 1200);
  user.taken_last_minute = 600;
  user.taken_last_five = 600;
  const auto all = promise(user, std::nullopt, noon());
  ASSERT_TRUE(all.by);
  EXPECT_EQ(*all.by, noon() + std::chrono::seconds(180));
  EXPECT_NE(all.how.find("last minute, 10.0 a second"), std::string::npos) << all.how;
  EXPECT_EQ(*promise(user, DeliveryClass::Prepayment, noon()).by, noon() + std::chrono::seconds(60))
      << "what goes later does not keep it waiting";
  const auto bulk = promise(user, DeliveryClass::Bulk, noon());
  EXPECT_EQ(bulk.ahead, 1800u);
  EXPECT_EQ(*bulk.by, *all.by);
  EXPECT_NE(bulk.how.find("600 of other classes"), std::string::npos) << bulk.how;
}

TEST(Promise, IsNeverFasterThanWhatIsAgreedWithTheReceiver) {
  auto user = backlog(600, 0);
  user.taken_last_minute = 600;
  user.agreed_per_second = 2;
  const auto all = promise(user, std::nullopt, noon());
  EXPECT_EQ(*all.by, noon() + std::chrono::seconds(300));
  EXPECT_NE(all.how.find("agreed"), std::string::npos) << all.how;
}

TEST(Promise, GoesByFiveMinutesWhereTheLastHadNoneAndByTheAgreementWhereNothingWasDue) {
  auto user = backlog(60, 0);
  user.taken_last_five = 300;
  EXPECT_EQ(*promise(user, std::nullopt, noon()).by, noon() + std::chrono::seconds(60));
  user.taken_last_five = 0;
  user.agreed_per_second = 5;
  EXPECT_EQ(*promise(user, std::nullopt, noon()).by, noon() + std::chrono::seconds(12));
  user.next_push = noon() + std::chrono::seconds(100);
  EXPECT_EQ(*promise(user, std::nullopt, noon()).by, noon() + std::chrono::seconds(112));
}

TEST(Promise, IsNoneWhereNothingDrainsOrNothingWaits) {
  auto user = backlog(60, 0);
  user.agreed_per_second = 5;
  user.failures = 3;
  const auto stuck = promise(user, std::nullopt, noon());
  EXPECT_FALSE(stuck.by);
  EXPECT_NE(stuck.how.find("nothing drains, the last 3 pushes have failed"), std::string::npos) << stuck.how;
  const auto nothing = promise(user, DeliveryClass::Bulk, noon());
  EXPECT_FALSE(nothing.by);
  EXPECT_EQ(nothing.ahead, 0u);
  EXPECT_EQ(nothing.how, "nothing waits");
}

TEST(LastFive, ForgetsWhatIsOlderThanFiveMinutes) {
  LastFive pace;
  for (int i = 0; i < 1000; ++i) pace.count(noon() + std::chrono::seconds(i));
  const auto end = noon() + std::chrono::seconds(999);
  EXPECT_NEAR(static_cast<double>(pace.sum(end)), 300, 10);
  EXPECT_EQ(pace.sum(end + std::chrono::minutes(6)), 0u);
  EXPECT_EQ(pace.sum(noon() - std::chrono::hours(1)), 0u) << "a clock that was set back";
}

}  // namespace
}  // namespace meterway::flow::deliver
