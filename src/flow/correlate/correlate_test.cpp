#include "flow/correlate/correlate.h"

#include "base/util/base64.h"
#include "standard/duis/response_body.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/protect.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::correlate {
namespace {

using pki::KeyUse;
using tests::kBroker;
using tests::kHub;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

const RequestId kRequest{kSupplier, kMeter, {1000}};

class Correlate : public tests::FlowBench {
 protected:
  /// A request of the supplier whose command, originated by `originator`, is on its way.
  registry::RequestRecord sent(bool critical, Eui64 originator = kSupplier) {
    registry::RequestRecord record;
    record.id = kRequest;
    record.header = {originator, kMeter, {1000}};
    record.service_reference = record.service = "7.4";
    record.code = {0x0052};
    record.critical = critical;
    record.progress = registry::Progress::Sent;
    write([&](auto& view) { return registry::put_request(view, record); });
    return record;
  }
  static gbcs::Message response(Eui64 target = kSupplier) {
    gbcs::Message message;
    message.header = {gbcs::Kind::Response, {1000}, kMeter, target, {}, {0x0052}, {}, {}, {}, {}};
    message.content = {0xDA, 0x20, 0x00, 0x03, 0xE8, 0x00, 0x00, 0x00, 0x00};
    return message;
  }
  static gbcs::Message signed_by(Eui64 signer, gbcs::Message message) {
    EXPECT_TRUE(gbcs::sign(message, secret(signer, KeyUse::DigitalSignature)));
    return message;
  }
  static gbcs::Message with_mac(gbcs::Message message) {
    EXPECT_TRUE(gbcs::add_mac(message, secret(kMeter, KeyUse::KeyAgreement),
                              record(message.header.target, KeyUse::KeyAgreement).certificate.public_key));
    return message;
  }
  /// SEQ{ NULL, outcome }: the broker's agreement cell is another's.
  static Bytes broker_replaced_by(Eui64 holder) {
    using gbcs::asn1::Node;
    constexpr std::uint8_t kBits = 0x03, kOctets = 0x04, kNull = 0x05, kEnumerated = 0x0A;
    const auto role = Node::integer(static_cast<std::uint64_t>(PartyRole::AccessControlBroker));
    const auto cell = Node::sequence({role, Node::of(kBits, Bytes{0x03, 0x08})});
    const auto done = Node::sequence({cell, Node::integer(0, kEnumerated), Node::of(kOctets, kBroker.wire()),
                                      Node::of(kOctets, Bytes(8, 1)), Node::of(kOctets, holder.wire()),
                                      Node::of(kOctets, Bytes(8, 2))});
    const auto floors = Node::sequence({Node::sequence({role, Node::integer(0)})});
    return gbcs::asn1::write(Node::sequence({Node::of(kNull, {}), Node::sequence({Node::integer(1000), Node::integer(4),
                                                                                  floors, Node::sequence({done})})}));
  }
  static gbcs::Message spoiled(gbcs::Message message) {
    message.mac->front() ^= 1;
    return message;
  }
  Result<Outcome, Unmatched> take(const gbcs::Message& message, Eui64 from = kMeter) {
    return correlate({kHub, from, gbcs::write_message(message), clock.now()}, context());
  }
  Unmatched refused(const gbcs::Message& message, Eui64 from = kMeter) {
    auto taken = take(message, from);
    EXPECT_FALSE(taken);
    return taken ? Unmatched{} : taken.error();
  }
};

TEST_F(Correlate, ACriticalResponseWithTheDevicesSignatureGoesToItsUser) {
  sent(true);
  const auto out = take(signed_by(kMeter, response()));
  ASSERT_TRUE(out) << out.error().hop.detail;
  EXPECT_EQ(out->user, kSupplier);
  EXPECT_EQ(out->response_code, "I0");
  EXPECT_EQ(out->response_id, (RequestId{kMeter, kSupplier, {1000}}));
  EXPECT_FALSE(out->body.text_at("GBCSPayload").empty());
  EXPECT_NE(out->hops.front().detail.find("signature valid"), std::string::npos);
}

TEST_F(Correlate, ACriticalResponseThatAnotherSignedIsRefusedAndKept) {
  sent(true);
  const auto why = refused(signed_by(kOtherSupplier, response()));
  EXPECT_EQ(why.trace_key, kRequest.text());
  EXPECT_EQ(why.hop.outcome, "refused");
  EXPECT_NE(why.hop.detail.find("signature of the device"), std::string::npos) << why.hop.detail;
  EXPECT_FALSE(why.hop.message.empty());
  EXPECT_FALSE(why.repeat);
}

TEST_F(Correlate, ACriticalResponseNeedsASignatureWhateverItsMac) {
  sent(true);
  EXPECT_EQ(refused(with_mac(response())).hop.outcome, "refused");
}

TEST_F(Correlate, TheMacForAUserIsTheUsersToCheckRightOrWrong) {
  sent(false);
  for (const auto& message : {with_mac(response()), spoiled(with_mac(response()))}) {
    const auto out = take(message);
    ASSERT_TRUE(out) << out.error().hop.detail;
    EXPECT_EQ(out->user, kSupplier);
    EXPECT_NE(out->hops.front().detail.find("the User's to check"), std::string::npos);
  }
}

TEST_F(Correlate, TheMacForTheBrokerIsChecked) {
  sent(false, kBroker);
  const auto out = take(with_mac(response(kBroker)));
  ASSERT_TRUE(out) << out.error().hop.detail;
  EXPECT_EQ(out->user, kSupplier) << "it is still the User's request";
  const auto why = refused(spoiled(with_mac(response(kBroker))));
  EXPECT_EQ(why.hop.outcome, "refused");
  EXPECT_NE(why.hop.detail.find("MAC for the broker"), std::string::npos) << why.hop.detail;
}

TEST_F(Correlate, AResponseToTheBrokerWithoutAnyProtectionIsRefused) {
  sent(false, kBroker);
  EXPECT_EQ(refused(response(kBroker)).hop.detail, "neither MAC nor signature");
}

TEST_F(Correlate, AMeterThatReplacesItsBrokerAnswersUnderItsSignatureAlone) {
  auto record = sent(false, kBroker);
  record.service_reference = record.service = "8.5";
  record.code = {0x0104};
  write([&](auto& view) { return registry::put_request(view, record); });
  registry::Device meter;
  meter.eui = kMeter;
  meter.type = DeviceType::ESME;
  meter.state = registry::DeviceState::Commissioned;
  write([&](auto& view) { return registry::put_device(view, meter); });
  auto message = response(kBroker);
  message.header.code = record.code;
  message.content = broker_replaced_by(kOtherSupplier);
  const auto wrong = refused(signed_by(kOtherSupplier, message));
  EXPECT_EQ(wrong.hop.outcome, "refused");
  EXPECT_NE(wrong.hop.detail.find("signature of the device"), std::string::npos) << wrong.hop.detail;
  EXPECT_EQ(refused(with_mac(message)).hop.outcome, "refused") << "the MAC does not stand in for it";
  const auto out = take(signed_by(kMeter, message));
  ASSERT_TRUE(out) << out.error().hop.detail;
  EXPECT_EQ(out->user, kSupplier);
  EXPECT_NE(out->hops.front().detail.find("signature valid"), std::string::npos) << out->hops.front().detail;
  ASSERT_EQ(out->inventory.size(), 1u);
  EXPECT_EQ(out->inventory[0].state, registry::DeviceState::Withdrawn) << "the outcome beside the NULL is no refusal";
  ASSERT_EQ(out->slots.size(), 1u);
  EXPECT_EQ(out->slots[0].holder, kOtherSupplier);
}

TEST_F(Correlate, AResponseOfAnotherUseCaseIsRefused) {
  sent(false);
  auto message = response();
  message.header.code = {0x0027};
  EXPECT_EQ(refused(with_mac(message)).hop.outcome, "refused");
}

TEST_F(Correlate, AResponseThatNoRequestWaitsForIsUnmatched) {
  EXPECT_EQ(refused(with_mac(response())).hop.outcome, "unmatched");
}

TEST_F(Correlate, ADeviceSpeaksForItselfAlone) {
  sent(false);
  const auto why = refused(with_mac(response()), kHub);
  EXPECT_EQ(why.hop.outcome, "refused");
  EXPECT_EQ(why.trace_key, "device:" + kHub.plain());
}

TEST_F(Correlate, BytesThatAreNoMessageAreRefused) {
  const auto taken = correlate({kHub, kMeter, {0xDF, 0x09}, clock.now()}, context());
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().hop.outcome, "refused");
}

TEST_F(Correlate, TheSameResponseAgainIsARepeat) {
  auto record = sent(false);
  record.progress = registry::Progress::Done;
  record.outcome = "I0";
  write([&](auto& view) { return registry::put_request(view, record); });
  EXPECT_TRUE(refused(with_mac(response())).repeat);
}

TEST_F(Correlate, AResponseAfterTheUserWasToldThatThereIsNoneIsKeptAsLate) {
  auto record = sent(false);
  record.progress = registry::Progress::Done;
  record.outcome = "E21";
  write([&](auto& view) { return registry::put_request(view, record); });
  const auto why = refused(with_mac(response()));
  EXPECT_FALSE(why.repeat);
  EXPECT_EQ(why.trace_key, kRequest.text());
  EXPECT_EQ(why.hop.outcome, "late");
  EXPECT_NE(why.hop.detail.find("E21"), std::string::npos) << why.hop.detail;
  EXPECT_FALSE(why.hop.message.empty());
}

/// The DCC's date passed without the hub being there.
TEST_F(Correlate, ACommandOfTheDccsDateThatCannotBeSentEndsWithE30) {
  auto record = sent(false);
  record.dcc_dated = true;
  EXPECT_EQ(give_up(registry::RequestRecord(record), Refusal::Unreachable, context()).response_code, "E30");
  EXPECT_EQ(give_up(registry::RequestRecord(record), Refusal::NoAnswer, context()).response_code, "E21");
}

TEST_F(Correlate, AnAnswerThatAcceptsADateLeavesTheRequestOpenForItsReports) {
  auto record = sent(true);
  record.total_instructions = 2;
  record.device_date = clock.now() + std::chrono::hours(1);
  write([&](auto& view) { return registry::put_request(view, record); });
  const auto out = take(signed_by(kMeter, response()));
  ASSERT_TRUE(out) << out.error().hop.detail;
  EXPECT_EQ(out->becomes, registry::Progress::Dated);
  EXPECT_EQ(out->response_code, "I0");
}

/// The answer to a dated command, by use case: what it says, and whether a report on the date is still to come.
struct DatedAnswer {
  const char* what;
  std::uint16_t code;
  Bytes content;
  registry::Progress becomes;
};
const DatedAnswer kDatedAnswers[] = {
    {"DLMS, all written",
     0x0052,
     {0xDA, 0x20, 0x00, 0x03, 0xE8, 0x00, 0x00, 0x01, 0x00, 0x01, 0x02, 0x00},
     registry::Progress::Dated},
    {"DLMS, one refused",
     0x0052,
     {0xDA, 0x20, 0x00, 0x03, 0xE8, 0x00, 0x00, 0x01, 0x00, 0x01, 0x02, 0x0B},
     registry::Progress::Done},
    {"gas, default response: success",
     0x006B,
     {0x01, 0x09, 0x01, 0x01, 0x07, 0x00, 0x00, 0x05, 0x18, 0x00, 0x0B, 0x05, 0x00},
     registry::Progress::Dated},
    {"gas, default response: failure",
     0x006B,
     {0x01, 0x09, 0x01, 0x01, 0x07, 0x00, 0x00, 0x05, 0x18, 0x00, 0x0B, 0x05, 0x01},
     registry::Progress::Done},
    {"firmware, taken", 0x0012, {0x30, 0x05, 0x02, 0x01, 0x00, 0x04, 0x00}, registry::Progress::Dated},
    {"firmware, no such image", 0x0012, {0x30, 0x05, 0x02, 0x01, 0x01, 0x04, 0x00}, registry::Progress::Done},
    {"credentials, accepted", 0x0102, {0x30, 0x02, 0x05, 0x00}, registry::Progress::Dated},
    {"credentials, an outcome at once",
     0x0102,
     {0x30, 0x07, 0x05, 0x00, 0x30, 0x03, 0x02, 0x01, 0x07},
     registry::Progress::Done},
    {"a number alone", 0x000F, {0x02, 0x01, 0x02}, registry::Progress::Done},
    {"what nobody can read", 0x0012, {0x30, 0x05, 0x02}, registry::Progress::Dated},
};

TEST_F(Correlate, AnAnswerThatKeepsNoDateEndsTheRequestWithWhatTheDeviceSays) {
  for (const auto& row : kDatedAnswers) {
    auto record = sent(true);
    record.code = MessageCode{row.code};
    record.total_instructions = 1;
    record.device_date = clock.now() + std::chrono::hours(1);
    write([&](auto& view) { return registry::put_request(view, record); });
    auto message = response();
    message.header.code = record.code;
    message.content = row.content;
    const auto out = take(signed_by(kMeter, message));
    ASSERT_TRUE(out) << row.what << ": " << out.error().hop.detail;
    EXPECT_EQ(out->becomes, row.becomes) << row.what;
    EXPECT_EQ(out->response_code, "I0") << row.what;
  }
}

TEST_F(Correlate, ADateThatTheDeviceTakesInPlaceOfAnotherEndsTheOther) {
  auto earlier = sent(true);
  earlier.id.counter = earlier.header.counter = {900};
  earlier.progress = registry::Progress::Dated;
  earlier.total_instructions = 1;
  earlier.outcome = "I0";
  auto record = sent(true);
  record.device_date = clock.now() + std::chrono::hours(1);
  write([&](auto& view) { return registry::put_request(view, record); });
  write([&](auto& view) { return registry::put_request(view, earlier); });
  const auto out = take(signed_by(kMeter, response()));
  ASSERT_TRUE(out) << out.error().hop.detail;
  ASSERT_EQ(out->also.size(), 1u);
  EXPECT_EQ(out->also[0].request->id, earlier.id);
  EXPECT_FALSE(out->also[0].user) << "the User gave the new one";
}

/// A command that the User took to the device himself, and its answer.
class Returned : public Correlate {
 protected:
  registry::RequestRecord handed(CommandVariant cv = CommandVariant::LocalCommand, bool critical = false) {
    auto record = sent(critical);
    record.command_variant = cv;
    record.progress = is_sent(cv) ? registry::Progress::Sent : registry::Progress::Handed;
    write([&](auto& view) { return registry::put_request(view, record); });
    return record;
  }
  static duis::Request bring(const Bytes& message, Eui64 user = kSupplier, const std::string& original = "") {
    duis::Request request;
    request.id = {user, kBroker, {5000}};
    request.service_reference = request.service_reference_variant = "8.13";
    request.body.name = "ReturnLocalCommandResponse";
    if (!original.empty()) request.body.children.push_back(duis::text_element("OriginalRequestID", original));
    request.body.children.push_back(duis::text_element("DeviceGBCSResponse", to_base64(message)));
    return request;
  }
  static duis::Request bring(const gbcs::Message& message, Eui64 user = kSupplier, const std::string& original = "") {
    return bring(gbcs::write_message(message), user, original);
  }
  Refusal refusal(const duis::Request& request) {
    const auto out = returned(request, context());
    EXPECT_FALSE(out);
    return out ? Refusal{} : out.error().why;
  }
};

TEST_F(Returned, EndsTheRequestOfTheCommandAndPushesNothing) {
  handed();
  for (const auto& original : {std::string(), kRequest.text()}) {
    const auto out = returned(bring(with_mac(response()), kSupplier, original), context());
    ASSERT_TRUE(out) << out.error().detail;
    ASSERT_TRUE(*out);
    EXPECT_EQ((*out)->response_code, "I0");
    EXPECT_EQ((*out)->request->id, kRequest);
    EXPECT_FALSE((*out)->user);
  }
}

TEST_F(Returned, PushesWhereThePushWasPromised) {
  handed(CommandVariant::SendAndLocal);
  const auto out = returned(bring(with_mac(response())), context());
  ASSERT_TRUE(out && *out);
  EXPECT_EQ((*out)->user, kSupplier);
}

TEST_F(Returned, TheSameAgainChangesNothing) {
  auto record = handed();
  record.progress = registry::Progress::Done;
  record.outcome = "I0";
  write([&](auto& view) { return registry::put_request(view, record); });
  const auto out = returned(bring(with_mac(response())), context());
  ASSERT_TRUE(out) << out.error().detail;
  EXPECT_FALSE(*out);
}

TEST_F(Returned, IsRefusedWhenNobodyWaitsForItOrItIsAnothersOrForged) {
  EXPECT_EQ(refusal(bring(with_mac(response()))), Refusal::LocalResponse) << "no command";
  sent(false);
  EXPECT_EQ(refusal(bring(with_mac(response()))), Refusal::LocalResponse) << "a command over the WAN alone";
  handed(CommandVariant::LocalSigned, true);
  EXPECT_EQ(refusal(bring(signed_by(kOtherSupplier, response()))), Refusal::LocalResponse) << "forged";
  EXPECT_EQ(refusal(bring(signed_by(kMeter, response()), kOtherSupplier)), Refusal::LocalResponse) << "another's";
  EXPECT_EQ(refusal(bring(signed_by(kMeter, response()), kSupplier, (RequestId{kSupplier, kMeter, {1}}).text())),
            Refusal::LocalResponse)
      << "OriginalRequestID";
  EXPECT_EQ(refusal(bring(Bytes{1, 2, 3})), Refusal::LocalResponse) << "no message";
  EXPECT_TRUE(returned(bring(signed_by(kMeter, response())), context())) << "the true one";
}

TEST_F(Returned, EveryTruncationIsRefused) {
  handed(CommandVariant::LocalSigned, true);
  const auto whole = gbcs::write_message(signed_by(kMeter, response()));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(refusal(bring(part)), Refusal::LocalResponse) << size;
  }
}

TEST_F(Returned, AStaleCounterChangesNothing) {
  handed();
  write([&](auto& view) {
    return registry::advance_counter(view, {kSupplier, kBroker, {5000}}, registry::CounterKind::Ordinary);
  });
  EXPECT_EQ(refusal(bring(with_mac(response()))), Refusal::StaleCounter);
}

TEST_F(Correlate, GivingUpTellsTheUserTheCodeOfTheTableOrTheConfiguredOne) {
  const auto record = sent(false);
  EXPECT_EQ(give_up(registry::RequestRecord(record), Refusal::NoAnswer, context()).response_code, "E21");
  settings.refusal_codes[Refusal::NoAnswer] = "E20";
  const auto out = give_up(registry::RequestRecord(record), Refusal::NoAnswer, context());
  EXPECT_EQ(out.response_code, "E20");
  EXPECT_EQ(out.body.name, "ResponseMessage");
  EXPECT_FALSE(out.response_id) << "no device answered";
}

}  // namespace
}  // namespace meterway::flow::correlate
