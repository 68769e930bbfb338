#include "flow/tracing/verdict.h"

#include "tests/support/flow_bench.h"

namespace meterway::flow::tracing {
namespace {

using registry::Leg;
using registry::Progress;
using tests::kMeter;
using tests::kSupplier;

class Verdicts : public tests::FlowBench {
 protected:
  Verdicts() {
    record_.id = record_.header = {kSupplier, kMeter, {1000}};
    record_.service = record_.service_reference = "7.4";
    record_.received_at = clock.now();
  }
  void happens(std::string step, std::string outcome, std::string detail = "") {
    clock.advance(std::chrono::milliseconds(1));
    write([&](store::WriteView& view) -> Status {
      const auto done = append_event(
          view, {0, clock.now(), record_.id.text(), std::move(step), std::move(outcome), std::move(detail), {}});
      return done ? Status() : Status(Unexpected{done.error()});
    });
  }
  void stands(Progress progress, std::string outcome = "") {
    record_.progress = progress;
    record_.outcome = std::move(outcome);
    if (progress == Progress::Accepted && record_.transaction == 0) record_.transaction = 1;
    write([&](store::WriteView& view) { return registry::put_request(view, record_); });
  }
  Verdict now() {
    const auto story = read<Story>([&](const auto& view) { return read_story(view, record_.id.text()); });
    return verdict_of(story, clock.now());
  }
  void expect(std::string_view kind, std::string_view state, std::string_view who) {
    const auto verdict = now();
    EXPECT_EQ(verdict.kind, kind);
    EXPECT_EQ(verdict.state, state);
    EXPECT_EQ(verdict.move->who, who);
  }

  registry::RequestRecord record_;
};

TEST_F(Verdicts, WhatIsRefusedAtOnceIsTheMoveOfWhoCanMendIt) {
  happens("gateway", "received");
  happens("gateway", "refused", "not_responsible: not the import supplier; rule responsible.IS refused; facts x");
  expect("refusal", "not_responsible", "registration");
  EXPECT_EQ(now().code, "E4");
  EXPECT_NE(now().detail.find("responsible.IS"), std::string::npos);
}

TEST_F(Verdicts, APreCommandIsTheUsersMoveAndWhatIsWrongWithItsSignatureIsSaid) {
  record_.command_variant = CommandVariant::Transform;
  happens("transform", "pre-command");
  stands(Progress::Answered);
  expect("state", "pre_command", "user");
  happens("gateway", "refused", "other_pre_command: signed by another");
  expect("refusal", "other_pre_command", "adaptor");
}

TEST_F(Verdicts, WhatIsUnderWayIsNobodysMoveAndSaysWhereItStands) {
  happens("gateway", "accepted", "I99");
  stands(Progress::Accepted);
  expect("state", "queued", "in_progress");
  record_.dcc_dated = true;
  record_.send_at = clock.now() + std::chrono::hours(1);
  stands(Progress::Accepted);
  expect("state", "dated", "in_progress");
  record_.send_at = clock.now();
  stands(Progress::Sent);
  expect("state", "sent", "in_progress");
  record_.arrived = true;
  stands(Progress::Sent);
  expect("state", "arrived", "in_progress");
  EXPECT_EQ(now().code, "I99");
}

TEST_F(Verdicts, WhatIsHeldInQuarantineWaitsForTheUsersOfficers) {
  happens("anomaly", "quarantined", "number 1: 3 of 7.4");
  record_.held = true;
  stands(Progress::Accepted);
  expect("state", "held", "user");
}

TEST_F(Verdicts, ADeviceThatDoesNotAnswerIsToldByTheRefusalThatEndedIt) {
  happens("wan", "sent");
  happens("correlate", "given up", std::string(sentence(Refusal::NoAnswer)) + ", E21");
  happens("deliver", "queued", "E21 for 90-B3");
  stands(Progress::Done, "E21");
  expect("refusal", "no_answer", "device");
  EXPECT_EQ(now().code, "E21");
  EXPECT_EQ(now().delivery, "owed");
}

TEST_F(Verdicts, ACodeThatNoRefusalOfOursStandsBehindIsToldByItsOwnRow) {
  happens("correlate", "given up", "somebody else's words, E30");
  stands(Progress::Done, "E30");
  expect("code", "E30", "platform");
}

TEST_F(Verdicts, AnAnswerThatTheUserDoesNotTakeIsTheUsersMoveUntilItDoes) {
  happens("correlate", "matched");
  happens("deliver", "queued");
  stands(Progress::Done, "I0");
  expect("state", "owed", "in_progress");
  happens("deliver", "pushed");
  happens("deliver", "failed", "answered 500");
  expect("state", "not_taken", "user");
  happens("deliver", "given up");
  expect("state", "not_delivered", "user");
  happens("deliver", "requeued");
  expect("state", "owed", "in_progress");
  happens("deliver", "delivered", "taken with 204");
  expect("state", "delivered", "done");
}

TEST_F(Verdicts, WhatTheDccAnswersItselfIsDoneAtOnce) {
  record_.command_variant = CommandVariant::NonDevice;
  happens("answer", "answered", "service 8.2, I0");
  stands(Progress::Answered);
  expect("state", "answered", "done");
  EXPECT_EQ(now().code, "I0");
}

TEST_F(Verdicts, EveryStateThatIsSaidHasARow) {
  for (const auto* state :
       {"unknown", "answered", "pre_command", "handed", "held", "dated", "device_dated", "sequence", "queued", "sent",
        "arrived", "owed", "not_taken", "not_delivered", "delivered", "refused_by_device", "not_believed", "noted"})
    EXPECT_NE(find_move("state", state), nullptr) << state;
}

}  // namespace
}  // namespace meterway::flow::tracing
