#include "flow/hold/hold.h"

#include "flow/envelope/dating.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::hold {
namespace {

using registry::Leg;
using registry::Progress;
using registry::RequestRecord;
using std::chrono::hours;
using std::chrono::milliseconds;
using tests::kMeter;
using tests::kSupplier;

class Hold : public tests::FlowBench {
 protected:
  RequestRecord accepted(std::uint64_t counter) {
    RequestRecord record;
    record.id = record.header = {kSupplier, kMeter, {counter}};
    record.service_reference = record.service = "4.1.1";
    record.progress = Progress::Accepted;
    record.received_at = record.send_at = clock.now();
    record.transaction = counter;
    return record;
  }
  RequestRecord dated(std::uint64_t counter, UtcTime date) {
    auto record = accepted(counter);
    record.dcc_dated = true;
    record.send_at = date;
    put(record);
    write([&](auto& view) { return registry::put_last_dated(view, record); });
    return record;
  }
  RequestRecord following(std::uint64_t counter, const RequestId& preceding) {
    auto record = accepted(counter);
    record.preceding = preceding;
    record.deadline = clock.now() + context().settings.sequence_timeout;
    put(record);
    return record;
  }
  void put(const RequestRecord& record) {
    write([&](auto& view) { return registry::put_request(view, record); });
  }
  Decision decided(const RequestRecord& record) {
    const auto decision = decide(record, context());
    EXPECT_TRUE(decision);
    return decision ? *decision : Decision{};
  }
};

TEST_F(Hold, WhatHasNoDateAndFollowsNothingGoes) { EXPECT_EQ(decided(accepted(1)).course, Course::Go); }

TEST_F(Hold, ADateIsWaitedForAndThenMet) {
  const auto record = dated(1, clock.now() + hours(1));
  EXPECT_EQ(decided(record).course, Course::Wait);
  EXPECT_EQ(decided(record).until, record.send_at);
  clock.set(record.send_at - milliseconds(1));
  EXPECT_EQ(decided(record).course, Course::Wait);
  clock.set(record.send_at);
  EXPECT_EQ(decided(record).course, Course::Go);
}

TEST_F(Hold, TheSameIsSaidAfterARestart) {
  const auto record = dated(1, clock.now() + hours(1));
  open();
  EXPECT_EQ(decided(record).course, Course::Wait);
}

TEST_F(Hold, ADateThatCannotBeMetAnyMoreIsGivenUp) {
  const auto record = dated(1, clock.now() + hours(1));
  clock.set(record.send_at + settings.dcc_date_allowance);
  EXPECT_EQ(decided(record).course, Course::Go);
  clock.advance(milliseconds(1));
  EXPECT_EQ(decided(record).course, Course::GiveUp);
  EXPECT_EQ(decided(record).why, Refusal::FutureDatedTimeout);
}

TEST_F(Hold, ALaterDateTakesThePlaceOfTheEarlierAndNeverTakesBackBoth) {
  const auto first = dated(1, clock.now() + hours(1));
  const auto second = dated(2, clock.now() + hours(2));
  EXPECT_EQ(decided(first).why, Refusal::Superseded);
  EXPECT_EQ(decided(second).course, Course::Wait);
  const auto third = dated(3, never());
  EXPECT_EQ(decided(second).why, Refusal::Superseded);
  EXPECT_EQ(decided(third).course, Course::Cancels);
}

TEST_F(Hold, ADateOfAnotherServiceTakesNoPlace) {
  const auto first = dated(1, clock.now() + hours(1));
  auto other = accepted(2);
  other.service = "4.1.2";
  other.dcc_dated = true;
  write([&](auto& view) { return registry::put_last_dated(view, other); });
  EXPECT_EQ(decided(first).course, Course::Wait);
}

TEST_F(Hold, AFollowerWaitsUntilTheOneBeforeItHasEnded) {
  auto before = accepted(1);
  put(before);
  const auto follower = following(2, before.id);
  EXPECT_EQ(decided(follower).course, Course::Wait);
  before.progress = Progress::Sent;
  put(before);
  EXPECT_EQ(decided(follower).course, Course::Wait);
  before.progress = Progress::Done;
  before.outcome = "I0";
  put(before);
  EXPECT_EQ(decided(follower).course, Course::Go);
}

TEST_F(Hold, AFollowerFailsWithTheOneBeforeIt) {
  auto before = accepted(1);
  before.progress = Progress::Done;
  before.outcome = "E21";
  put(before);
  const auto decision = decided(following(2, before.id));
  EXPECT_EQ(decision.course, Course::GiveUp);
  EXPECT_EQ(decision.why, Refusal::Sequence);
}

TEST_F(Hold, APreCommandThatNobodyHasSignedIsNoSuccessYet) {
  auto before = accepted(1);
  before.progress = Progress::Answered;
  before.command_variant = CommandVariant::Transform;
  put(before);
  const auto follower = following(2, before.id);
  EXPECT_EQ(decided(follower).course, Course::Wait);
  before.leg = Leg::SignedPreCommand;
  before.progress = Progress::Done;
  before.outcome = "I0";
  put(before);
  EXPECT_EQ(decided(follower).course, Course::Go);
}

TEST_F(Hold, AFollowerOfNothingEndsWhenItsTimeIsUp) {
  const auto follower = following(2, {kSupplier, kMeter, {1}});
  EXPECT_EQ(decided(follower).course, Course::Wait);
  clock.set(follower.deadline);
  EXPECT_EQ(decided(follower).why, Refusal::Sequence);
}

TEST_F(Hold, WhatWasReleasedStaysReleasedAndHasTheUsualTimeToBeReached) {
  auto follower = following(2, {kSupplier, kMeter, {1}});
  EXPECT_EQ(decided(follower).course, Course::Wait);
  ASSERT_TRUE(release(follower, context()));
  EXPECT_EQ(decided(follower).course, Course::Go);
  EXPECT_EQ(follower.deadline, clock.now() + settings.reach_timeout);
}

TEST_F(Hold, ADeviceThatReportsInTimeIsNotOverdue) {
  auto record = accepted(1);
  record.device_date = clock.now() + hours(1);
  EXPECT_FALSE(is_overdue(record, context()));
  clock.set(overdue_at(record, context()));
  EXPECT_TRUE(is_overdue(record, context()));
}

}  // namespace
}  // namespace meterway::flow::hold
