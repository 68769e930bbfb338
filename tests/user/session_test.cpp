// The User's side of the road: what `send` and `listen` believe, and what they refuse. The platform is a bench that
// says what the test wants, so that it can lie as well.
#include <mutex>

#include "apps/user_answer.h"

#include "bench_dcc.h"
#include "standard/gbcs/gbz.h"

namespace meterway::apps {
namespace {

using namespace std::chrono_literals;

class UserSide : public testing::Test {
 protected:
  UserSide() : session_(dcc_.world(), dcc_.keys(), [this](const std::string& line) { hear(line); }) {}

  void hear(const std::string& line) {
    const std::scoped_lock lock(mutex_);
    told_ += line + "\n";
  }
  std::string told() {
    const std::scoped_lock lock(mutex_);
    return told_;
  }
  Draft draft(const std::string& service, std::vector<std::pair<std::string, std::string>> parameters = {}) {
    auto made = draft_request({service, kMeter, std::move(parameters), "", {}, {}}, dcc_.world(), dcc_.keys(),
                              SystemClock().now());
    EXPECT_TRUE(made) << (made ? "" : describe(made.error()));
    return *std::move(made);
  }

  BenchDcc dcc_;
  std::mutex mutex_;
  std::string told_;
  UserSession session_;
};

/// A pre-command as the DCC would make it: only its header matters here.
gbcs::Message precommand(const RequestId& id) {
  gbcs::Message message;
  message.header = {gbcs::Kind::Command, id.counter, id.originator, id.target, {}, {0x0019}, {}, {}, {}, {}};
  message.content = gbcs::dlms::write_apdu(gbcs::dlms::AccessRequest{gbcs::dlms::invoke_id(id.counter), {}, {}});
  return message;
}

std::string precommand_content(const gbcs::Message& message) {
  return "<sr:PreCommand><sr:GBCSVersion>4.2</sr:GBCSVersion>" + BenchDcc::payload(gbcs::write_message(message)) +
         "</sr:PreCommand>";
}

TEST_F(UserSide, AReadIsAcknowledgedPushedCheckedAndDecoded) {
  dcc_.play = [](const duis::Request& request) {
    EXPECT_EQ(request.command_variant, CommandVariant::SendCommand);
    return BenchDcc::Play{};
  };
  const auto asked = draft("7.4");
  session_.expect_push();
  ASSERT_EQ(session_.submit(asked), Ending::Answered) << told();
  EXPECT_EQ(
      dcc_.push(dcc_.response(asked.id, "I0", BenchDcc::payload(gbcs::write_message(dcc_.supply_status(asked.id))))),
      204);
  EXPECT_EQ(session_.await(5s), Ending::Answered) << told();
  EXPECT_NE(told().find("MAC valid"), std::string::npos) << told();
}

TEST_F(UserSide, AnAnswerThatSaysItWasNotDoneIsToldSo) {
  dcc_.play = [](const duis::Request&) { return BenchDcc::Play{}; };
  const auto told_of = [&](MessageCode code, const Bytes& content) {
    const auto asked = draft("7.4");
    auto message = dcc_.supply_status(asked.id);
    message.header.code = code;
    message.content = content;
    EXPECT_TRUE(gbcs::add_mac(message, *dcc_.device_keys().private_key(kMeter, pki::KeyUse::KeyAgreement),
                              *dcc_.keys().public_key(kSupplier, pki::KeyUse::KeyAgreement)));
    const auto opened = open_payload(gbcs::write_message(message), dcc_.keys(), dcc_.world(), asked.id);
    EXPECT_TRUE(opened);
    const auto words = describe_answer({}, &opened);
    const auto at = words.find("the device says: ");
    return at == std::string::npos ? "" : words.substr(at + 17, words.find('\n', at) - at - 17);
  };
  EXPECT_EQ(told_of({0x000E}, {0x02, 0x01, 0x00}), "");
  EXPECT_EQ(told_of({0x000E}, {0x02, 0x01, 0x0C}), "12 no partner link key");
  EXPECT_EQ(told_of({0x0010}, {0x02, 0x01, 0x01}), "1 not in log");
  using gbcs::dlms::AccessResponse;
  using gbcs::dlms::Choice;
  using gbcs::dlms::Data;
  const auto clock = [](std::uint8_t second, int status) {
    AccessResponse response;
    response.data = {Data::null(), Data::null(), Data::of(gbcs::dlms::Type::Uint8, status)};
    response.results = {{Choice::Set, 0}, {Choice::Action, second}, {Choice::Get, 0}};
    return gbcs::dlms::write_apdu(response);
  };
  EXPECT_EQ(told_of({0x0062}, clock(0, 0)), "");
  EXPECT_EQ(told_of({0x0062}, clock(0, 2)), "the status of the clock is 2");
  EXPECT_TRUE(told_of({0x0062}, clock(250, 2)).starts_with("item 2: ")) << told_of({0x0062}, clock(250, 2));
  gbcs::gbz::Component refused;
  refused.cluster = 0x0708;
  refused.command = 0x0B;
  refused.payload = {0x01, 0x81};
  EXPECT_EQ(told_of({0x0088}, gbcs::gbz::write_frames({{refused}})), "command 01: status 81");
}

TEST_F(UserSide, APushThatDoesNotCheckIsA400AndNoAnswer) {
  dcc_.play = [](const duis::Request&) { return BenchDcc::Play{}; };
  const auto asked = draft("7.4");
  session_.expect_push();
  ASSERT_EQ(session_.submit(asked), Ending::Answered) << told();
  const auto good = dcc_.supply_status(asked.id);

  auto wrong_mac = good;
  (*wrong_mac.mac)[0] ^= 1;
  EXPECT_EQ(dcc_.push(dcc_.response(asked.id, "I0", BenchDcc::payload(gbcs::write_message(wrong_mac)))), 400);
  auto no_mac = good;
  no_mac.mac.reset();
  EXPECT_EQ(dcc_.push(dcc_.response(asked.id, "I0", BenchDcc::payload(gbcs::write_message(no_mac)))), 400)
      << "neither MAC nor signature";
  auto other_request = asked.id;
  --other_request.counter.value;
  EXPECT_EQ(dcc_.push(dcc_.response(asked.id, "I0",
                                    BenchDcc::payload(gbcs::write_message(dcc_.supply_status(other_request))))),
            400)
      << "the answer to an earlier question under the name of this one";
  auto tampered = dcc_.response(asked.id, "I0", BenchDcc::payload(gbcs::write_message(good)));
  tampered.replace(tampered.find(">I0<"), 4, ">I1<");
  EXPECT_EQ(dcc_.push(tampered), 400) << "the DCC's signature no longer fits";
  const auto signature = tampered.find("<ds:Signature");
  auto unsigned_document = tampered;
  unsigned_document.erase(signature, tampered.find("</ds:Signature>") + 15 - signature);
  EXPECT_EQ(dcc_.push(unsigned_document), 400);
  EXPECT_EQ(dcc_.push("not XML"), 400);
  EXPECT_EQ(dcc_.push("<a/>", "text/plain"), 404);
  EXPECT_EQ(session_.await(50ms), Ending::NoAnswer) << told();
}

TEST_F(UserSide, AUsersOwnSignatureIsNotTheDccs) {
  dcc_.play = [](const duis::Request&) { return BenchDcc::Play{}; };
  const auto asked = draft("7.4");
  session_.expect_push();
  const auto signer = *dcc_.keys().xml_signer();
  auto forged = dcc_.response(asked.id, "I0", BenchDcc::payload(gbcs::write_message(dcc_.supply_status(asked.id))));
  const auto signature = forged.find("<ds:Signature");
  forged.erase(signature, forged.find("</ds:Signature>") + 15 - signature);
  forged = *duis::sign_document(forged, signer.key, {signer.certificate.issuer, signer.certificate.serial.decimal()});
  EXPECT_EQ(dcc_.push(forged), 400);
}

TEST_F(UserSide, ASpoiledReplyIsNotBelieved) {
  dcc_.play = [](const duis::Request&) { return BenchDcc::Play{}; };
  dcc_.spoil_signature = true;
  EXPECT_EQ(session_.submit(draft("7.4")), Ending::Failed);
  EXPECT_NE(told().find("XML signature of the DCC"), std::string::npos) << told();
}

TEST_F(UserSide, ARefusalIsToldWithItsCode) {
  dcc_.play = [](const duis::Request&) { return BenchDcc::Play{"E19", ""}; };
  EXPECT_EQ(session_.submit(draft("7.4")), Ending::Refused);
  EXPECT_NE(told().find("E19"), std::string::npos) << told();
}

TEST_F(UserSide, ACriticalRequestIsSignedByTheUserAndSentUnderTheSameRequestId) {
  const auto asked = draft("1.1.1");
  EXPECT_EQ(asked.variant, CommandVariant::Transform);
  std::optional<gbcs::Message> sent;
  dcc_.play = [&](const duis::Request& request) -> BenchDcc::Play {
    EXPECT_EQ(request.id, asked.id);
    if (request.command_variant == CommandVariant::Transform) return {"I0", precommand_content(precommand(request.id))};
    EXPECT_EQ(request.command_variant, CommandVariant::SendSigned);
    sent = *gbcs::read_message(*from_base64(request.body.text_at("GBCSPayload")));
    return {};
  };
  ASSERT_EQ(session_.submit(asked), Ending::Answered) << told();
  ASSERT_TRUE(sent);
  EXPECT_TRUE(gbcs::verify_signature(*sent, *dcc_.keys().public_key(kSupplier, pki::KeyUse::DigitalSignature)));
  EXPECT_EQ(dcc_.requests, 2);
}

TEST_F(UserSide, APreCommandForSomethingElseIsNotSigned) {
  const auto change = [](int which, gbcs::Message& message) {
    switch (which) {
      case 0:
        ++message.header.counter.value;
        break;
      case 1:
        message.header.target = Eui64(0x00DB1234567890A1);
        break;
      case 2:
        message.header.originator = Eui64(0x90B3D51F30030000);
        break;
      case 3:
        message.header.code = {0x0052};
        break;  // not critical
      case 4:
        message.header.kind = gbcs::Kind::Response;
        break;
      default:
        message.header.code = {0x0034};
        break;  // of another service
    }
  };
  for (int which = 0; which < 6; ++which) {
    dcc_.requests = 0;
    dcc_.play = [&](const duis::Request& request) -> BenchDcc::Play {
      auto message = precommand(request.id);
      change(which, message);
      return {"I0", precommand_content(message)};
    };
    EXPECT_EQ(session_.submit(draft("1.1.1")), Ending::Failed) << which;
    EXPECT_EQ(dcc_.requests, 1) << "nothing signed went out: " << which;
  }
}

TEST_F(UserSide, AskingTheListenerServesWhenItHasThePort) {
  dcc_.play = [](const duis::Request&) { return BenchDcc::Play{}; };
  const auto listener = Inbox::open(dcc_.keys(), dcc_.world(), dcc_.world().user(kSupplier)->push_port, "", {});
  ASSERT_TRUE(listener);
  const auto asked = draft("7.4");
  session_.expect_push();
  ASSERT_EQ(session_.submit(asked), Ending::Answered);
  ASSERT_EQ(
      dcc_.push(dcc_.response(asked.id, "I0", BenchDcc::payload(gbcs::write_message(dcc_.supply_status(asked.id))))),
      204);
  EXPECT_EQ(session_.await(5s), Ending::Answered) << told();
}

TEST_F(UserSide, EveryBodyThatTheCommandLineFillsFitsTheSchema) {
  const std::vector<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>> wishes{
      {"4.1.1", {}},
      {"4.1.1", {{"ExecutionDateTime", "2030-01-01T00:00:00Z"}}},
      {"1.1.1", {}},
      {"2.2", {}},
      {"4.18", {}},
      {"7.4", {}},
      {"8.2", {}},
      {"8.11",
       {{"DeviceID", "00-DB-12-34-56-78-90-A4"},
        {"InstallCode", "00112233445566778899AABBCCDDEEFF"},
        {"ImportMPxN", "1312345678111"}}},
      {"8.11", {{"DeviceID", "00-DB-12-34-56-78-90-A4"}, {"RequestType", "Remove"}}},
  };
  for (const auto& [service, parameters] : wishes) {
    const auto made = draft(service, parameters);
    const auto read = duis::read_request(made.xml);
    ASSERT_TRUE(read) << service << ": " << (read ? "" : read.error().element + " " + read.error().rule) << "\n"
                      << made.xml;
    EXPECT_EQ(read->service_reference_variant, service);
    EXPECT_EQ(read->id, made.id);
  }
}

TEST_F(UserSide, SaysWhichParameterIsMissing) {
  const auto made = draft_request({"8.11", kMeter, {}, "", {}, {}}, dcc_.world(), dcc_.keys(), SystemClock().now());
  ASSERT_FALSE(made);
  EXPECT_NE(describe(made.error()).find("DeviceID"), std::string::npos);
}

}  // namespace
}  // namespace meterway::apps
