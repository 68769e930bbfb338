#include "lab/own_count.h"

#include <gtest/gtest.h>

namespace meterway::lab {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class OwnCounting : public testing::Test {
 protected:
  static UtcTime at(const char* time) { return *from_iso8601(time); }
  RequestId id(std::uint64_t counter, Eui64 target = SmallWorld::meter(1)) const {
    return {kSupplier, target, {counter}};
  }
  void seen(Seen::Kind kind, UtcTime time, const RequestId& request, std::string code, std::string content = {}) {
    counter_.take({{kind, time, kSupplier, request, 'R', std::move(code), std::move(content)}});
  }
  void sent(std::uint64_t counter, UtcTime time, std::string what = "7.4") {
    seen(Seen::Kind::Sent, time, id(counter), "", std::move(what));
  }
  void told(std::uint64_t counter, UtcTime time, std::string code) { seen(Seen::Kind::Told, time, id(counter), code); }
  void received(std::uint64_t counter, UtcTime time) { seen(Seen::Kind::Received, time, id(counter), "I0", "d"); }

  const UtcTime noon_ = at("2018-08-10T12:00:00Z");
  SmallWorld world_;
  OwnCounter counter_{at("2018-08-01T00:00:00Z"), at("2018-09-01T00:00:00Z"), world_};
};

TEST_F(OwnCounting, CountsARequestOnceHoweverOftenItIsSent) {
  for (int i = 0; i < 3; ++i) sent(1, noon_ + seconds(i));
  for (int i = 0; i < 2; ++i) told(1, noon_ + seconds(5 + i), "I99");
  sent(2, noon_);
  told(2, noon_, "E5");
  sent(3, at("2018-08-31T23:59:59Z"));
  told(3, at("2018-09-01T00:00:01Z"), "I99");
  const auto count = counter_.count();
  ASSERT_EQ(count.sent.size(), 1u);
  EXPECT_EQ(count.sent.begin()->first, (Line{kSupplier, "7.4", "Central", false}));
  EXPECT_EQ(count.total(), 1u) << "one was refused, one is of September";
  EXPECT_EQ(count.refused, 1u);
  EXPECT_EQ(count.posts, 5u);
}

TEST_F(OwnCounting, KnowsWhatIsInTimeLateAndInDoubt) {
  for (std::uint64_t n = 1; n <= 4; ++n) {
    sent(n, noon_);
    told(n, noon_ + milliseconds(20), "I99");
  }
  received(1, noon_ + seconds(29));
  received(2, noon_ + seconds(30) + milliseconds(10));
  received(3, noon_ + seconds(31));
  const auto responses = counter_.count().on_demand;
  EXPECT_EQ(responses.owed, 4u);
  EXPECT_EQ(responses.in_time, 1u);
  EXPECT_EQ(responses.doubtful, 1u);
}

TEST_F(OwnCounting, OwesAResponseToADatedRequestFromItsDateOn) {
  sent(1, noon_, "4.1.1@2018-08-12T00:00:00Z");
  told(1, noon_, "I99");
  received(1, at("2018-08-12T23:00:00Z"));
  sent(2, noon_, "4.1.1@2018-09-02T00:00:00Z");
  told(2, noon_, "I99");
  const auto count = counter_.count();
  EXPECT_EQ(count.total(), 2u);
  EXPECT_TRUE(count.sent.begin()->first.dated);
  EXPECT_EQ(count.on_demand.owed, 0u);
  EXPECT_EQ(count.future_dated.owed, 1u);
  EXPECT_EQ(count.future_dated.in_time, 1u);
}

TEST_F(OwnCounting, DoubtsAnAlertThatCameWhileThePlatformWasAway) {
  const auto alert = [&](std::uint64_t counter, UtcTime raised, UtcTime came) {
    const RequestId name{SmallWorld::meter(1), kSupplier, {counter}};
    seen(Seen::Kind::Received, came, name, "alert",
         std::to_string(raised.time_since_epoch().count()) + ":" + std::to_string(counter));
  };
  counter_.away("", noon_ + hours(1), noon_ + hours(1) + seconds(120));
  alert(1, noon_, noon_ + seconds(1));
  alert(1, noon_, noon_ + seconds(1));
  alert(2, noon_, noon_ + hours(30));
  alert(3, noon_ + hours(1) + seconds(10), noon_ + hours(1) + seconds(130));
  const auto alerts = counter_.count().alerts;
  EXPECT_EQ(alerts.owed, 3u);
  EXPECT_EQ(alerts.in_time, 1u);
  EXPECT_EQ(alerts.doubtful, 1u);
}

}  // namespace
}  // namespace meterway::lab
