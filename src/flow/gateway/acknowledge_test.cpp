#include "flow/gateway/acknowledge.h"

#include "records/audit/log.h"
#include "standard/duis/response.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::gateway {
namespace {

using tests::kMeter;
using tests::kSupplier;

class Acknowledge : public tests::FlowBench {
 protected:
  AuthorisedRequest authorised(std::uint64_t counter, std::string digest, std::string_view service) const {
    AuthorisedRequest out;
    out.verified.request.id = {kSupplier, kMeter, {counter}};
    out.verified.request.service_reference = out.verified.request.service_reference_variant = service;
    out.verified.digest = std::move(digest);
    out.service = duis::find_service(service);
    return out;
  }
  Step<Acknowledged> take(std::uint64_t counter, std::string digest = "digest", std::string_view service = "7.4") {
    gbcs::Message message;
    message.header = {gbcs::Kind::Command, {counter}, kSupplier, kMeter, {}, {0x0052}, {}, {}, {}, {}};
    return acknowledge(Command{authorised(counter, std::move(digest), service), "ECS82", false, message, ""},
                       context());
  }
  Refusal refused(std::uint64_t counter, std::string digest = "digest") {
    const auto taken = take(counter, std::move(digest));
    EXPECT_FALSE(taken);
    return taken ? Refusal{} : taken.error().why;
  }
};

TEST_F(Acknowledge, TheUserHearsAcceptedOnlyOfWhatTheStoreHas) {
  const auto out = take(1000);
  ASSERT_TRUE(out) << out.error().detail;
  const auto answer = duis::read_response(out->answer);
  ASSERT_TRUE(answer) << answer.error().rule;
  EXPECT_EQ(answer->code, "I99");
  EXPECT_TRUE(answer->has_signature);
  EXPECT_EQ(answer->request_id, (RequestId{kSupplier, kMeter, {1000}}));
  EXPECT_EQ(out->answer.find('\n'), std::string::npos) << "clients drop white space before they digest";
  const auto record = read<std::optional<registry::RequestRecord>>([](const auto& view) {
    return registry::find_request(view, {kSupplier, kMeter, {1000}}, registry::Leg::Request);
  });
  ASSERT_TRUE(record);
  EXPECT_EQ(record->progress, registry::Progress::Accepted);
  EXPECT_EQ(record->answer, out->answer);
}

TEST_F(Acknowledge, ACounterThatIsNoGreaterIsStaleAndChangesNothing) {
  ASSERT_TRUE(take(1000));
  EXPECT_EQ(refused(999), Refusal::StaleCounter);
  EXPECT_TRUE(trace(RequestId{kSupplier, kMeter, {999}}.text()).empty());
  EXPECT_TRUE(take(1001));
}

TEST_F(Acknowledge, WhatGoesByLeaveIsOneLineOfTheAuditAndNothingElseIs) {
  const auto lines = [&] { return read<audit::Page>([](const auto& v) { return audit::list(v, {}, 0, 10); }).entries; };
  ASSERT_TRUE(take(1000));
  EXPECT_TRUE(lines().empty()) << "an ordinary request is its trace's";
  gbcs::Message message;
  message.header = {gbcs::Kind::Command, {1001}, kSupplier, kMeter, {}, {0x0052}, {}, {}, {}, {}};
  for (int twice = 0; twice < 2; ++twice) {
    auto request = authorised(1001, "digest", "6.15.1");
    request.leave = "CC000001";
    request.decided = "; rule responsible.leave allowed as ED; facts 6.15.1/...";
    request.user.name = "North";
    ASSERT_TRUE(acknowledge(Command{std::move(request), "CS02b", true, message, ""}, context()));
  }
  const auto written = lines();
  ASSERT_EQ(written.size(), 1u);
  EXPECT_EQ(written[0].person, "user-" + kSupplier.plain());
  EXPECT_EQ(written[0].party, "North");
  EXPECT_EQ(written[0].function, "service.6.15.1");
  EXPECT_EQ(written[0].about, "device:" + kMeter.plain());
  EXPECT_EQ(written[0].outcome, "accepted");
  EXPECT_EQ(written[0].rule, "responsible.leave");
  for (const auto* words : {"by leave of CC000001", ":1001", "facts 6.15.1"})
    EXPECT_NE(written[0].detail.find(words), std::string::npos) << written[0].detail;
}

TEST_F(Acknowledge, TopUpsCountOnTheirOwn) {
  ASSERT_TRUE(take(1000));
  EXPECT_TRUE(take(900, "digest", "2.2"));
  EXPECT_EQ(refused(950), Refusal::StaleCounter) << "of the others 1000 is still the greatest";
}

TEST_F(Acknowledge, TheSameRequestTwiceAtOnceGetsOneAnswerAndGoesOnce) {
  const auto first = take(1000);
  const auto second = take(1000);
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->answer, first->answer);
  EXPECT_TRUE(first->onward);
  EXPECT_FALSE(second->onward);
}

TEST_F(Acknowledge, ARequestIdWithOtherContentIsRefused) {
  ASSERT_TRUE(take(1000));
  EXPECT_EQ(refused(1000, "another digest"), Refusal::RequestIdReused);
}

}  // namespace
}  // namespace meterway::flow::gateway
