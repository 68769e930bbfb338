#include <thread>

#include "field/sim/estate.h"
#include "tests/end_to_end/region.h"
#include "tests/end_to_end/supplier.h"

// One RequestID is one exchange (docs/operations/commands.md): the same document gets the same answer, however far the
// request has come, and the device gets its command once; the same RequestID with other content is refused.
namespace meterway::end_to_end {
namespace {

using CV = CommandVariant;

class Identity : public ::testing::Test {
 protected:
  void SetUp() override {
    node.start_platform();
    user = std::make_unique<Supplier>(node);
  }
  int arrivals(const RequestId& id) const { return static_cast<int>(arrivals_of(node, id).size()); }
  int count(const RequestId& id, std::string_view step, std::string_view outcome) const {
    return times_traced(node, id, step, outcome);
  }
  bool ends(const RequestId& id, int seconds = 10) const {
    return Node::eventually([&] { return count(id, "deliver", "queued") == 1; }, seconds);
  }
  /// The device that the User stands in front of: the emulated one, with the keys and the memory of its folder.
  Bytes carried_out(std::uint64_t device, ByteView command) const {
    const field::EstatePaths paths{fs::path(node.data()) / "estate"};
    if (!fs::exists(paths.table())) {  // as the first start of the estate does
      EXPECT_TRUE(field::found_estate(paths, field::demo_home(), field::demo_anchors(), SystemClock().now()));
    }
    const auto plan = field::load_plan(paths, {}).value();
    for (const auto region : field::regions_of(*plan)) {
      auto homes = field::open_homes(plan, region).value();
      for (const auto hub : homes->hubs()) {
        auto home = homes->wake(hub).value();
        if (home->device(Eui64(device)) == nullptr) continue;
        home->deliver(1, Eui64(device), Bytes(command.begin(), command.end()), SystemClock().now());
        for (auto& event : home->pass(SystemClock().now() + std::chrono::seconds(5))) {
          EXPECT_STREQ(event.refusal, "");
          if (event.kind != field::HomeEvent::Kind::Message) continue;
          const auto message = gbcs::read_message(event.message);
          if (message && message->header.kind == gbcs::Kind::Response) return event.message;
        }
      }
    }
    ADD_FAILURE() << "the device says nothing";
    return {};
  }
  static Bytes payload(const net::HttpResponse& answer) {
    return from_base64(element(answer.body, "GBCSPayload")).value();
  }

  static constexpr std::uint64_t kEsmeNumber = 0x00db1234567890a0;
  Node node{{{"reach_timeout_ms", 60000}, {"device_timeout_ms", 60000}}};
  std::unique_ptr<Supplier> user;
};

TEST_F(Identity, TheSameRequestIsAnsweredTheSameFromItsAcceptanceToItsEndAndOverARestart) {
  const auto id = user->next_id(kEsme);
  const auto request = user->request(id, CV::SendCommand, "7.4");
  const auto first = node.post('S', request);
  ASSERT_EQ(code_of(first), "I99") << first.body;
  EXPECT_EQ(node.post('S', request).body, first.body) << "accepted, no hub there";
  node.stop_platform(SIGKILL);
  node.start_platform();
  EXPECT_EQ(node.post('S', request).body, first.body) << "after a crash";
  node.start_estate();
  ASSERT_TRUE(ends(id, 20)) << node.trace(id.text()).dump(1);
  EXPECT_EQ(node.post('S', request).body, first.body) << "done";
  EXPECT_EQ(code_of(node.post('S', user->request(id, CV::SendCommand, "4.1.1"))), "E100") << "other content, done";
  EXPECT_EQ(arrivals(id), 1);
  EXPECT_EQ(count(id, "wan", "sent"), 1);
}

TEST_F(Identity, WhatIsOnItsWayIsNotSentAgainAndOtherContentIsRefused) {
  Region region(node);
  const auto id = user->next_id(kEsme);
  const auto request = user->request(id, CV::SendCommand, "7.4");
  const auto first = node.post('S', request);
  ASSERT_TRUE(Node::eventually([&] { return region.commands() == 1; }, 5));
  EXPECT_EQ(node.post('S', request).body, first.body) << "sent";
  EXPECT_EQ(code_of(node.post('S', user->request(id, CV::SendCommand, "4.1.1"))), "E100");
  EXPECT_EQ(code_of(node.post('D', user->request(id, CV::LocalCommand, "7.4"))), "E100") << "another variant, too";
  EXPECT_EQ(node.post('S', request).body, first.body) << "the refusals changed nothing";
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // for what should not come
  EXPECT_EQ(region.commands(), 1U);
}

TEST_F(Identity, OfTwoConnectionsAtOnceBothGetTheOneAnswer) {
  node.start_estate();
  for (int round = 0; round < 10; ++round) {
    const auto id = user->next_id(kEsme);
    const auto request = user->request(id, CV::SendCommand, "7.4");
    net::HttpResponse answers[2];
    std::thread other([&] { answers[1] = node.post('S', request); });
    answers[0] = node.post('S', request);
    other.join();
    EXPECT_EQ(code_of(answers[0]), "I99") << answers[0].body;
    EXPECT_EQ(answers[0].body, answers[1].body);
    ASSERT_TRUE(ends(id)) << node.trace(id.text()).dump(1);
    EXPECT_EQ(arrivals(id), 1);
  }
}

TEST_F(Identity, APreCommandAndItsSignedFormAreTwoLegsOfOneExchange) {
  node.start_estate();
  const auto id = user->next_id(kEsme);
  const auto request = user->request(id, CV::Transform, "7.1");
  const auto made = node.post('T', request);
  ASSERT_EQ(code_of(made), "I0") << made.body;
  EXPECT_EQ(node.post('T', request).body, made.body);
  const auto signed_one = user->signed_precommand(id, CV::SendSigned, "7.1", made);
  const auto accepted = node.post('S', signed_one);
  ASSERT_EQ(code_of(accepted), "I99") << accepted.body;
  EXPECT_EQ(node.post('T', request).body, made.body) << "CV 4 again, its CV 5 under way";
  EXPECT_EQ(node.post('S', signed_one).body, accepted.body) << "CV 5 again";
  ASSERT_TRUE(ends(id)) << node.trace(id.text()).dump(1);
  EXPECT_EQ(node.post('T', request).body, made.body) << "CV 4 again, after the end";
  EXPECT_EQ(node.post('S', signed_one).body, accepted.body);
  for (const auto cv : {CV::LocalSigned, CV::SendAndLocalSigned}) {
    const char service = cv == CV::LocalSigned ? 'D' : 'S';
    EXPECT_EQ(code_of(node.post(service, user->signed_precommand(id, cv, "7.1", made))), "E100")
        << "a second of CV 5, 6, 7";
  }
  EXPECT_EQ(code_of(node.post('T', user->request(id, CV::Transform, "7.2"))), "E100") << "CV 4 with other content";
  EXPECT_EQ(arrivals(id), 1);
}

TEST_F(Identity, ASignedPreCommandThatWasNeverMadeIsRefusedAndUsesNothingUp) {
  const auto id = user->next_id(kEsme);
  const auto made = node.post('T', user->request(id, CV::Transform, "7.1"));
  ASSERT_EQ(code_of(made), "I0") << made.body;
  const auto other = user->next_id(kEsme);
  EXPECT_EQ(code_of(node.post('S', user->signed_precommand(other, CV::SendSigned, "7.1", made))), "E100");
  EXPECT_EQ(code_of(node.post('T', user->request(other, CV::Transform, "7.1"))), "I0") << "the counter is still good";
  EXPECT_EQ(code_of(node.post('S', user->signed_precommand(id, CV::SendSigned, "7.1", made))), "I99")
      << "and so is the pre-command";
}

TEST_F(Identity, ALocalCommandIsCarriedOutByTheDeviceAndItsAnswerBroughtBackOnce) {
  const auto id = user->next_id(kEsme);
  const auto request = user->request(id, CV::LocalCommand, "7.4");
  const auto answer = node.post('D', request);
  ASSERT_EQ(code_of(answer), "I0") << answer.body;
  EXPECT_EQ(node.post('D', request).body, answer.body);
  const auto response = carried_out(kEsmeNumber, payload(answer));

  Supplier stranger(node, kSecondSupplier);
  EXPECT_EQ(code_of(node.post('D', stranger.returned(id, response))), "E100") << "another's command";
  EXPECT_EQ(code_of(node.post('D', user->returned(user->next_id(kEsme), response))), "E100") << "another request";
  EXPECT_EQ(count(id, "correlate", "matched"), 0);
  const auto back = user->returned(id, response);
  const auto taken = node.post('D', back);
  EXPECT_EQ(code_of(taken), "I0") << taken.body;
  EXPECT_EQ(node.post('D', back).body, taken.body) << "the same 8.13";
  EXPECT_EQ(code_of(node.post('D', user->returned(id, response))), "I0") << "a new 8.13 with the same response";
  EXPECT_EQ(count(id, "correlate", "matched"), 1) << node.trace(id.text()).dump(1);
  EXPECT_EQ(count(id, "deliver", "queued"), 0) << "the User has it in hand";
  EXPECT_EQ(node.post('D', request).body, answer.body) << "and the command is still the same";
}

TEST_F(Identity, AForgedAnswerToACriticalLocalCommandIsRefusedAndTheRightOneTakenAfterIt) {
  const auto id = user->next_id(kEsme);
  const auto made = node.post('T', user->request(id, CV::Transform, "7.1"));
  ASSERT_EQ(code_of(made), "I0") << made.body;
  const auto signed_one = user->signed_precommand(id, CV::LocalSigned, "7.1", made);
  const auto answer = node.post('D', signed_one);
  ASSERT_EQ(code_of(answer), "I0") << answer.body;
  EXPECT_EQ(node.post('D', signed_one).body, answer.body);
  const auto right = carried_out(kEsmeNumber, payload(answer));
  auto forged = gbcs::read_message(right).value();
  ASSERT_FALSE(forged.content.empty());
  forged.content.back() ^= 1;
  EXPECT_EQ(code_of(node.post('D', user->returned(id, gbcs::write_message(forged)))), "E100");
  EXPECT_EQ(code_of(node.post('D', user->returned(id, payload(answer)))), "E100") << "the command itself";
  EXPECT_EQ(count(id, "correlate", "matched"), 0);
  EXPECT_EQ(code_of(node.post('D', user->returned(id, right))), "I0") << node.trace(id.text()).dump(1);
  EXPECT_EQ(count(id, "correlate", "matched"), 1);
}

TEST_F(Identity, ACommandSentBothWaysIsTheSameOnBothAndEndsOnce) {
  Region region(node);
  const auto id = user->next_id(kEsme);
  const auto made = node.post('T', user->request(id, CV::Transform, "7.1"));
  ASSERT_EQ(code_of(made), "I0") << made.body;
  const auto answer = node.post('S', user->signed_precommand(id, CV::SendAndLocalSigned, "7.1", made));
  ASSERT_EQ(code_of(answer), "I0") << answer.body;
  ASSERT_TRUE(Node::eventually([&] { return region.commands() == 1; }, 5));
  EXPECT_EQ(region.last_command(), payload(answer));
  const auto response = carried_out(kEsmeNumber, payload(answer));
  EXPECT_EQ(code_of(node.post('D', user->returned(id, response))), "I0");
  EXPECT_EQ(count(id, "deliver", "queued"), 1) << "the push that was promised";
  EXPECT_TRUE(region.say(kEsmeNumber, response)) << "the same by the other way";
  EXPECT_EQ(count(id, "correlate", "matched"), 1) << node.trace(id.text()).dump(1);
  EXPECT_EQ(count(id, "deliver", "queued"), 1);
}

TEST_F(Identity, AReadingSentBothWaysIsOneCommandAndEndsOnceWhicheverAnswerIsFirst) {
  Region region(node);
  for (const bool by_hand_first : {true, false}) {
    const auto id = user->next_id(kEsme);
    const auto request = user->request(id, CV::SendAndLocal, "7.4");
    const auto answer = node.post('S', request);
    ASSERT_EQ(code_of(answer), "I0") << answer.body;
    EXPECT_EQ(node.post('S', request).body, answer.body);
    ASSERT_TRUE(Node::eventually([&] { return region.last_command() == payload(answer); }, 5))
        << "one MAC, one counter";
    const auto response = carried_out(kEsmeNumber, payload(answer));
    const auto by_hand = [&] { EXPECT_EQ(code_of(node.post('D', user->returned(id, response))), "I0"); };
    if (by_hand_first) by_hand();
    EXPECT_TRUE(region.say(kEsmeNumber, response));
    if (!by_hand_first) by_hand();
    EXPECT_EQ(count(id, "correlate", "matched"), 1) << node.trace(id.text()).dump(1);
    EXPECT_EQ(count(id, "deliver", "queued"), 1) << "the push that was promised";
    EXPECT_EQ(node.post('S', request).body, answer.body) << "after its end";
  }
}

TEST_F(Identity, OfTwoReturnedAnswersAtOnceTheOneThatIsRefusedHasChangedNothing) {
  int refused = 0;
  for (int round = 0; round < 25; ++round) {
    struct Side {
      RequestId id;
      std::string back;
      net::HttpResponse told;
    } sides[2];
    for (auto& side : sides) {
      side.id = user->next_id(kEsme);
      const auto answer = node.post('D', user->request(side.id, CV::LocalCommand, "7.4"));
      ASSERT_EQ(code_of(answer), "I0") << answer.body;
      side.back = user->returned(side.id, carried_out(kEsmeNumber, payload(answer)));
    }
    std::thread other([&] { sides[1].told = node.post('D', sides[1].back); });
    sides[0].told = node.post('D', sides[0].back);
    other.join();
    for (const auto& side : sides) {
      const bool taken = code_of(side.told) == "I0";
      refused += taken ? 0 : 1;
      EXPECT_EQ(count(side.id, "correlate", "matched"), taken ? 1 : 0) << side.told.body;
    }
  }
  EXPECT_LT(refused, 25) << "of each two the later is always good";
}

TEST_F(Identity, TheSameReturnedAnswerOnTwoConnectionsAtOnceIsTakenOnceAndAnsweredAlike) {
  for (int round = 0; round < 15; ++round) {
    const auto id = user->next_id(kEsme);
    const auto answer = node.post('D', user->request(id, CV::LocalCommand, "7.4"));
    ASSERT_EQ(code_of(answer), "I0") << answer.body;
    const auto back = user->returned(id, carried_out(kEsmeNumber, payload(answer)));
    net::HttpResponse told[2];
    std::thread other([&] { told[1] = node.post('D', back); });
    told[0] = node.post('D', back);
    other.join();
    EXPECT_EQ(code_of(told[0]), "I0") << told[0].body;
    EXPECT_EQ(told[0].body, told[1].body);
    EXPECT_EQ(count(id, "correlate", "matched"), 1);
  }
}

}  // namespace
}  // namespace meterway::end_to_end
