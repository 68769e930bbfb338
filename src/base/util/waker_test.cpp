#include "base/util/waker.h"

#include <gtest/gtest.h>

#include "tests/support/hand_executor.h"

namespace meterway {
namespace {

using std::chrono::seconds;

struct WakerTest : testing::Test {
  void pass(seconds time) {
    clock.advance(time);
    while (executor.step()) {
    }
  }
  ManualClock clock{UtcTime(seconds(1'700'000'000))};
  tests::HandExecutor executor{clock};
  int woken = 0;
  Waker waker{executor, 7, [this] { ++woken; }};
};

TEST_F(WakerTest, WakesAtTheEarliestTimeAndNotAtLaterOnes) {
  waker.at(clock.now() + seconds(20));
  waker.at(clock.now() + seconds(10));
  waker.at(clock.now() + seconds(30));
  pass(seconds(9));
  EXPECT_EQ(woken, 0);
  pass(seconds(1));
  EXPECT_EQ(woken, 1);
  pass(seconds(60));
  EXPECT_EQ(woken, 1) << "what was asked for before is looked for by whoever was woken";
}

TEST_F(WakerTest, WakesAgainWhenItIsAskedAgain) {
  for (int n = 1; n <= 3; ++n) {
    waker.at(clock.now() + seconds(5));
    pass(seconds(5));
    EXPECT_EQ(woken, n);
  }
}

}  // namespace
}  // namespace meterway
