#include "flow/alert/throttle.h"

#include "records/registry/party.h"
#include "standard/duis/response_body.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::alert {
namespace {

using std::chrono::minutes;
using tests::kHub;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

constexpr std::uint16_t kAccess = 0x8F3E, kRestored = 0x8F36;

class Throttling : public tests::FlowBench {
 protected:
  Throttling() {
    settings.throttle.alerts = 3;
    settings.throttle.window = minutes(10);
    restart();
  }
  void restart() {
    executor.forget();
    open();
    auto started = Throttle::start(context(), [this](Outcome&& outcome) {
      if (broken) return false;
      return keep(std::move(outcome));
    });
    ASSERT_TRUE(started);
    throttle = *started;
  }
  static Outcome alert(std::uint16_t code, std::uint64_t counter, Eui64 device = kMeter) {
    Outcome out;
    out.user = kSupplier;
    out.delivery_class = DeliveryClass::Alert;
    out.response_id = RequestId{device, kSupplier, {counter}};
    out.response_code = "I0";
    out.trace_key = out.alert_key = "alert:" + device.plain() + ":" + std::to_string(counter);
    out.body = duis::device_alert_message({code}, Bytes{1, 2, static_cast<std::uint8_t>(counter)});
    return out;
  }
  /// As the writing step would: the change of an outcome once, and what Users get of it.
  bool keep(Outcome&& outcome) {
    if (outcome.change) write([&](auto& view) { return outcome.change(view); });
    if (outcome.user) told.push_back(std::move(outcome));
    return true;
  }
  void come(std::uint16_t code, int times = 1, Eui64 device = kMeter) {
    for (int i = 0; i < times; ++i) {
      auto one = alert(code, ++counter, device);
      ASSERT_TRUE(throttle->apply(one));
      held += one.user ? 0 : 1;
      ASSERT_TRUE(keep(std::move(one)));
    }
  }
  /// Lets time pass, and what falls due in it happen at its moment.
  void wait(minutes how_long) {
    const auto end = clock.now() + how_long;
    for (executor.run(); executor.next() && *executor.next() <= end; executor.run()) {
      clock.set(std::max(clock.now(), *executor.next()));
    }
    clock.set(end);
  }
  static std::string count_of(const Outcome& outcome) {
    return std::string(outcome.body.text_at("ThrottledAlertCount"));
  }
  static std::string id_of(const Outcome& outcome) {
    return std::string(outcome.body.text_at("ThrottledAlertSequenceId"));
  }

  std::shared_ptr<Throttle> throttle;
  std::vector<Outcome> told;
  std::uint64_t counter = 0;
  int held = 0;
  bool broken = false;
};

TEST_F(Throttling, AlertsBelowTheThresholdAreToldOneByOneWithoutItsElements) {
  come(kAccess, 3);
  ASSERT_EQ(told.size(), 3u);
  for (const auto& one : told) EXPECT_EQ(id_of(one) + count_of(one), "");
  wait(minutes(11));
  come(kAccess, 3);
  EXPECT_EQ(told.size(), 6u) << "another window";
  EXPECT_EQ(held, 0);
}

TEST_F(Throttling, AStormIsHeldAndSummedUpWhenItIsOver) {
  come(kAccess, 5);
  EXPECT_EQ(told.size(), 3u);
  EXPECT_EQ(held, 2);
  wait(minutes(11));
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(id_of(told[3]), "1");
  EXPECT_EQ(count_of(told[3]), "2");
  EXPECT_EQ(told[3].body.text_at("AlertCode"), "8F3E");
  EXPECT_EQ(told[3].response_id, (RequestId{kMeter, kSupplier, {5}})) << "the last of them";
  EXPECT_NE(told[3].hops.back().detail.find("is over"), std::string::npos);
  come(kAccess);
  EXPECT_EQ(id_of(told.back()), "") << "after the storm";
}

TEST_F(Throttling, AStormThatGoesOnIsSummedUpWindowByWindowUnderOneNumber) {
  come(kAccess, 10);
  wait(minutes(11));
  come(kAccess, 5);
  wait(minutes(11));
  come(kAccess, 1);
  wait(minutes(11));
  ASSERT_EQ(told.size(), 6u);
  for (std::size_t i = 3; i < 6; ++i) EXPECT_EQ(id_of(told[i]), "1") << i;
  EXPECT_EQ(count_of(told[3]) + count_of(told[4]) + count_of(told[5]), "751");
  come(kAccess, 5);
  wait(minutes(11));
  EXPECT_EQ(id_of(told.back()), "2") << "the next storm has the next number";
}

TEST_F(Throttling, DevicesAndCodesAreCountedApart) {
  come(kAccess, 3);
  come(kAccess, 3, kHub);
  come(0x8F3F, 3);
  EXPECT_EQ(told.size(), 9u);
  EXPECT_EQ(held, 0);
}

TEST_F(Throttling, LossAndReturnOfSupplyAndWhatConfigurationNamesAreNeverThrottled) {
  settings.throttle.never = {0x8F75};
  for (const std::uint16_t code : {kRestored, std::uint16_t{0x8F35}, std::uint16_t{0x8F66}, std::uint16_t{0x8F75}})
    come(code, 20);
  EXPECT_EQ(told.size(), 80u);
}

TEST_F(Throttling, WithoutAThresholdNothingIs) {
  settings.throttle.alerts = 0;
  come(kAccess, 50);
  EXPECT_EQ(told.size(), 50u);
}

TEST_F(Throttling, EveryUserOfTheLastAlertGetsTheSummary) {
  come(kAccess, 3);
  auto both = alert(kAccess, ++counter);
  auto copy = alert(kAccess, counter);
  copy.user = kOtherSupplier;
  copy.response_id->target = kOtherSupplier;
  both.also.push_back(std::move(copy));
  ASSERT_TRUE(throttle->apply(both));
  EXPECT_FALSE(both.user);
  EXPECT_TRUE(both.also.empty());
  keep(std::move(both));
  wait(minutes(11));
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(told[3].user, kSupplier);
  ASSERT_EQ(told[3].also.size(), 1u);
  EXPECT_EQ(told[3].also[0].user, kOtherSupplier);
}

TEST_F(Throttling, AHeldAlertSaysInItsTraceWhyAndItsUserMayReadIt) {
  come(kAccess, 3);
  auto one = alert(kAccess, ++counter);
  ASSERT_TRUE(throttle->apply(one));
  EXPECT_EQ(one.hops.back().outcome, "throttled");
  EXPECT_NE(one.hops.back().detail.find("more than 3 of 8f3e"), std::string::npos) << one.hops.back().detail;
}

TEST_F(Throttling, ARestartForgetsNeitherCountsNorWhatIsHeld) {
  come(kAccess, 2);
  restart();
  come(kAccess, 3);
  EXPECT_EQ(told.size(), 3u);
  restart();
  come(kAccess, 1);
  wait(minutes(11));
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(count_of(told[3]), "3");
}

TEST_F(Throttling, AnAlertThatWasNotStoredIsNotCounted) {
  for (int i = 0; i < 10; ++i) {
    auto lost = alert(kAccess, ++counter);
    ASSERT_TRUE(throttle->apply(lost));
    EXPECT_TRUE(lost.user) << "its change was never made";
  }
}

TEST_F(Throttling, ASummaryThatCannotBeStoredIsTriedAgain) {
  come(kAccess, 5);
  broken = true;
  wait(minutes(11));
  EXPECT_EQ(told.size(), 3u);
  broken = false;
  wait(minutes(1));
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(count_of(told[3]), "2");
}

TEST_F(Throttling, RowsOfQuietWindowsAreForgotten) {
  come(kAccess, 1);
  come(0x8F3F, 5);
  const auto rows = [&] {
    return read<std::vector<StormRow>>([](const auto& view) { return storms_after(view, std::nullopt, 10); }).size();
  };
  EXPECT_EQ(rows(), 2u);
  wait(minutes(25));
  EXPECT_EQ(rows(), 0u);
}

}  // namespace
}  // namespace meterway::flow::alert
