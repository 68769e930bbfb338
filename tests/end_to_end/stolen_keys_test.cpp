#include <sstream>

#include "base/util/hex.h"
#include "base/wire/writer.h"
#include "field/device/model.h"
#include "field/device/state.h"
#include "field/device/times.h"
#include "field/device/trust_anchors.h"
#include "field/sim/state_log.h"
#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/protect.h"
#include "standard/gbcs/utrn.h"
#include "tests/end_to_end/false_platform.h"

// docs/adr/0003: somebody has every private key of the platform's folder and the whole link, and wants the meter to
// obey. The estate is the executable's own; the thief is this test, which keeps to the keys it stole. The User's own
// keys serve for what the User really sent, and for the control: the same command, rightly signed, is carried out.
namespace meterway::end_to_end {
namespace {

namespace dlms = gbcs::dlms;
using Der = gbcs::asn1::Node;
using pki::KeyUse;

constexpr Eui64 kMeter{0x00db1234567890a0}, kAcb{0x90b3d51f30000002}, kSupplierParty{0x90b3d51f30010000},
    kNetworkParty{0x90b3d51f30020000}, kRecovery{0x90b3d51f30000001}, kCos{0x90b3d51f30000004};
constexpr MessageCode kTopUp{0x0007}, kCredentials{0x0008}, kUnjoin{0x000f}, kTariff{0x0019}, kCreditMode{0x001a},
    kClose{0x004f}, kOpen{0x0050}, kArm{0x0051}, kGenericAlert{0x1000};
constexpr std::uint16_t kIntegrityCheckFailed = 0x8f1e, kTokenNotAuthentic = 0x8f63;
constexpr std::uint64_t kFar = 1ull << 40;  ///< a counter that would shut out whoever comes after, were it taken

/// What the meter has on disk and a command may change.
struct Memory {
  std::map<PartyRole, OriginatorCounter> counters;  ///< of everybody but the broker, who asks after each attempt
  std::deque<std::uint64_t> tokens;
  std::map<std::string, Bytes> stored;
  std::size_t pending = 0;
  field::Supply supply = field::Supply::On;
  field::TimeStatus time_status = field::TimeStatus::Reliable;
  friend bool operator==(const Memory&, const Memory&) = default;
};

class StolenKeys : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto data = node.root() / "data";
    stolen = *pki::open_key_folder(data / "platform" / "keys");
    certificates = *pki::open_key_folder(data / "platform" / "certificates");
    user = *pki::open_key_folder(data / "users" / kSupplier);
    node.start_estate(link.port());
    ASSERT_TRUE(link.has_hub()) << slurp(node.root() / "estate.log");
    cells = who_is_trusted();
    ASSERT_FALSE(cells.empty());
  }

  const crypto::PrivateKey& loot(KeyUse use) const { return *stolen->private_key(kAcb, use); }

  static gbcs::Message command(MessageCode code, Eui64 originator, std::uint64_t counter, Bytes content) {
    gbcs::Message out;
    out.header.code = code;
    out.header.originator = originator;
    out.header.target = kMeter;
    out.header.counter = OriginatorCounter{counter};
    out.content = std::move(content);
    return out;
  }
  static gbcs::Message signed_with(gbcs::Message message, const crypto::PrivateKey& key) {
    EXPECT_TRUE(gbcs::sign(message, key));
    return message;
  }
  /// The broker's MAC: the thief can always make it.
  Bytes wrapped(gbcs::Message message) const {
    EXPECT_TRUE(
        gbcs::add_mac(message, loot(KeyUse::KeyAgreement), *certificates->public_key(kMeter, KeyUse::KeyAgreement)));
    return gbcs::write_message(message);
  }
  /// As the User signs it, and the platform sends it on.
  gbcs::Message of_the_user(MessageCode code, std::uint64_t counter, Bytes content) const {
    return signed_with(command(code, kSupplierParty, counter, std::move(content)),
                       *user->private_key(kSupplierParty, KeyUse::DigitalSignature));
  }

  /// Everything the meter says to this, up to its answer to a question that the broker may ask.
  std::vector<gbcs::Message> say(Bytes message) {
    link.deliver(kMeter.value(), std::move(message));
    const auto question = ask_for_cells();
    std::vector<gbcs::Message> out;
    while (const auto bytes = link.hear(kMeter.value())) {
      auto heard = gbcs::read_message(*bytes);
      EXPECT_TRUE(heard);
      if (!heard) break;
      if (heard->header.kind == gbcs::Kind::Response && heard->header.counter.value == question) {
        answer = *std::move(heard);
        return out;
      }
      out.push_back(*std::move(heard));
    }
    ADD_FAILURE() << "the meter no longer answers the broker";
    return out;
  }
  Bytes who_is_trusted() {
    const auto question = ask_for_cells();
    const auto bytes = link.hear(kMeter.value());
    if (!bytes) return {};
    answer = *gbcs::read_message(*bytes);
    EXPECT_EQ(answer.header.counter.value, question);
    return answer.content;
  }

  /// A copy: the file belongs to the estate.
  Memory memory() {
    for (const auto& entry : fs::directory_iterator(node.root() / "data" / "estate" / "state")) {
      if (entry.path().extension() != ".log") continue;
      const auto copy = node.root() / "state.copy";
      fs::copy_file(entry.path(), copy, fs::copy_options::overwrite_existing);
      const auto bytes = (*field::StateLog::open(copy))->get({'d', kMeter.value()});
      if (!bytes || !*bytes) continue;
      const auto state = field::read_state(**bytes);
      EXPECT_TRUE(state);
      Memory out{state->replay.all(), state->tokens.counters(), state->stored, state->pending.size(),
                 state->supply,       state->time_status};
      out.counters.erase(PartyRole::AccessControlBroker);
      balance = state->registers.balance;
      for (const auto& event : state->security_log) {
        if (event.code == kIntegrityCheckFailed && event.detail != "alert sent") reason = event.detail;
      }
      return out;
    }
    ADD_FAILURE() << "the meter has no memory";
    return {};
  }

  /// Not obeyed: the supplier is told of a failed integrity check, the meter's log says why, nothing has changed.
  void expect_refused(Bytes attempt, const std::string& why) {
    const auto before = memory();
    const auto before_balance = balance;
    reason.clear();
    const auto said = say(std::move(attempt));
    ASSERT_EQ(said.size(), 1u) << "one alert, and no answer";
    EXPECT_EQ(said[0].header.kind, gbcs::Kind::Alert);
    EXPECT_EQ(said[0].header.code, kGenericAlert);
    EXPECT_EQ(said[0].header.target, kSupplierParty);
    EXPECT_TRUE(gbcs::verify_signature(said[0], *certificates->public_key(kMeter, KeyUse::DigitalSignature)));
    EXPECT_EQ(alert_of(said[0]), kIntegrityCheckFailed);
    EXPECT_EQ(answer.content, cells) << "who sits in the meter's cells, and the counters of their roles";
    EXPECT_TRUE(memory() == before);
    EXPECT_LE(balance, before_balance);
    EXPECT_EQ(reason, why);
  }
  /// Obeyed: a signed answer without a failure.
  void expect_done(Bytes command) {
    const auto said = say(std::move(command));
    ASSERT_EQ(said.size(), 1u);
    EXPECT_EQ(said[0].header.kind, gbcs::Kind::Response);
    EXPECT_EQ(result(said[0]), 0);
    cells = answer.content;
  }
  static std::int64_t alert_of(const gbcs::Message& message) {
    const auto apdu = dlms::read_apdu(message.content);
    const auto* alert = apdu ? std::get_if<dlms::DataNotification>(&*apdu) : nullptr;
    return alert == nullptr || alert->body.items.empty() ? 0 : static_cast<std::int64_t>(alert->body.items[0].number);
  }
  static int result(const gbcs::Message& response) {
    const auto apdu = dlms::read_apdu(response.content);
    const auto* access = apdu ? std::get_if<dlms::AccessResponse>(&*apdu) : nullptr;
    return access == nullptr || access->results.empty() ? -1 : access->results[0].code;
  }

  /// Contents of commands.
  static Bytes access(std::uint64_t counter, std::vector<dlms::Specification> what, std::vector<dlms::Data> data) {
    return dlms::write_apdu(dlms::AccessRequest{dlms::invoke_id({counter}), std::move(what), std::move(data)});
  }
  /// Of the load switch: 33 close, 34 open, 36 arm.
  static Bytes script(std::uint64_t counter, std::uint16_t number) {
    return access(counter, {{dlms::Choice::Action, 9, {0, 0, 10, 0, 106, 255}, 1, 0, {}}},
                  {dlms::Data::of(dlms::Type::Uint16, number)});
  }
  /// When the calendar and prices that the meter holds passive come into force.
  static Bytes activation(std::uint64_t counter, UtcTime when) {
    const auto date = dlms::Data::octets(field::dlms_date_time(when));
    return access(counter,
                  {{dlms::Choice::Set, 20, {0, 0, 13, 0, 0, 255}, 10, 0, {}},
                   {dlms::Choice::Set, 113, {0, 0, 19, 20, 0, 255}, 7, 0, {}}},
                  {date, date});
  }
  static Bytes top_up(std::uint64_t counter, const std::string& digits) {
    return access(counter, {{dlms::Choice::Action, 115, {0, 0, 19, 40, 0, 255}, 1, 0, {}}},
                  {dlms::Data::text(dlms::Type::OctetString, digits)});
  }
  static Der signing() { return Der::of(0x03, Bytes{0x07, 0x80}); }
  /// Puts the broker's signing certificate into that role's cell, authorised by the cell of `authoriser`.
  Bytes replacement(std::uint64_t counter, int mode, int role, int authoriser) const {
    auto cell = Der::sequence({Der::integer(static_cast<std::uint64_t>(authoriser)), signing()});
    cell.tag = 0xA2;
    const auto certificate = gbcs::asn1::read(certificates->certificate(kAcb, KeyUse::DigitalSignature));
    EXPECT_TRUE(certificate);
    return gbcs::asn1::write(Der::sequence(
        {Der::sequence({Der::integer(static_cast<std::uint64_t>(mode)), cell, Der::integer(counter, 0x83)}),
         Der::sequence({Der::sequence(
             {*certificate, Der::sequence({Der::integer(static_cast<std::uint64_t>(role)), signing()})})}),
         Der::sequence({})}));
  }

  Node node;
  FalsePlatform link;
  std::unique_ptr<pki::KeyStore> stolen, certificates, user;
  Bytes cells;           ///< who sits in the meter's cells, as it said last
  gbcs::Message answer;  ///< to the last question
  std::string reason;    ///< the last of the meter's log
  std::int64_t balance = 0;

 private:
  /// CS02a, which the broker may ask: everybody's cells and counters but its own.
  std::uint64_t ask_for_cells() {
    auto cell = Der::sequence({Der::integer(4), Der::of(0x03, Bytes{0x03, 0x08})});
    std::vector<Der> roles;
    for (const auto role : {0u, 1u, 2u, 3u, 5u}) roles.push_back(Der::integer(role));
    link.deliver(kMeter.value(),
                 wrapped(command(kCredentials, kAcb, ++questions_,
                                 gbcs::asn1::write(Der::sequence({cell, Der::sequence(std::move(roles))})))));
    return questions_;
  }
  std::uint64_t questions_ = 0;
};

TEST_F(StolenKeys, DoNotMakeTheMeterObeyACriticalCommandThatTheSupplierDidNotSign) {
  for (const auto use : {KeyUse::DigitalSignature, KeyUse::KeyAgreement, KeyUse::XmlSigning}) {
    SCOPED_TRACE("in the supplier's name, with each key there is");
    expect_refused(wrapped(signed_with(command(kOpen, kSupplierParty, kFar, script(kFar, 0x34)), loot(use))),
                   "signature");
  }
  expect_refused(wrapped(command(kOpen, kSupplierParty, kFar, script(kFar, 0x34))), "signature, present or not");
  const auto& key = loot(KeyUse::DigitalSignature);
  for (const auto code : {kOpen, kClose, kArm, kTariff, kCreditMode}) {
    SCOPED_TRACE("in the broker's own name");
    expect_refused(wrapped(signed_with(command(code, kAcb, kFar, script(kFar, 0x34)), key)), "role of the originator");
  }
  {
    SCOPED_TRACE("critical, and the broker's own at other devices: a meter has no key of it to check a signature with");
    expect_refused(wrapped(signed_with(command(kUnjoin, kAcb, kFar, gbcs::asn1::write(Der::of(0x05, Bytes{}))), key)),
                   "signer's cell");
  }
  {
    SCOPED_TRACE("for later");
    const auto later = SystemClock().now() + std::chrono::hours(1);
    expect_refused(wrapped(signed_with(command(kTariff, kSupplierParty, kFar, activation(kFar, later)), key)),
                   "signature");
  }
  expect_done(wrapped(of_the_user(kOpen, 1000, script(1000, 0x34))));
  EXPECT_EQ(memory().supply, field::Supply::Off);
  const auto later = SystemClock().now() + std::chrono::hours(1);
  expect_done(wrapped(of_the_user(kTariff, 1001, activation(1001, later))));
  EXPECT_EQ(memory().pending, 2u);
}

TEST_F(StolenKeys, DoNotPutTheirOwnerIntoTheMetersCells) {
  struct Way {
    std::uint16_t code;
    Eui64 originator;
    int mode, role, authoriser;
    bool mac;
    const char* why;
  };
  const Way ways[] = {
      {0x0102, kSupplierParty, 2, 2, 2, true, "signature"},     // the supplier's cell by the supplier
      {0x0102, kAcb, 2, 2, 2, true, "role of the originator"},  // by the broker
      {0x0103, kNetworkParty, 3, 3, 3, true, "signature"},      // the network operator's
      {0x0103, kAcb, 3, 3, 3, true, "role of the originator"},  //
      {0x0107, kCos, 7, 2, 5, true, "signature"},               // the supplier's by the change of supplier party
      {0x0108, kRecovery, 8, 2, 1, false, "signature"},         // anybody's by recovery
      {0x0108, kAcb, 8, 2, 1, false, "role of the originator"},
  };
  for (const auto& way : ways) {
    SCOPED_TRACE(to_hex(wire::Writer().u16(way.code).u64(way.originator.value()).take()));
    const auto message = signed_with(
        command(MessageCode{way.code}, way.originator, kFar, replacement(kFar, way.mode, way.role, way.authoriser)),
        loot(KeyUse::DigitalSignature));
    expect_refused(way.mac ? wrapped(message) : gbcs::write_message(message), way.why);
  }
  const auto said = say(wrapped(of_the_user(MessageCode{0x0102}, 1000, replacement(1000, 2, 2, 2))));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].header.kind, gbcs::Kind::Response);
  EXPECT_NE(answer.content, cells) << "who sits in a cell may give it away";
}

TEST_F(StolenKeys, DoNotLetACommandOfTheUserBeUsedAgainOrForSomethingElse) {
  const auto genuine = of_the_user(kOpen, 1000, script(1000, 0x34));
  expect_done(wrapped(genuine));
  EXPECT_EQ(memory().supply, field::Supply::Off);
  expect_done(wrapped(of_the_user(kClose, 1001, script(1001, 0x33))));
  EXPECT_EQ(memory().supply, field::Supply::On);

  expect_refused(wrapped(genuine), "originator counter");
  auto other_content = genuine;
  other_content.content = script(1000, 0x36);
  expect_refused(wrapped(other_content), "originator counter");
  auto raised = genuine;
  raised.header.counter.value = kFar;
  expect_refused(wrapped(raised), "signature");
  auto other_command = raised;
  other_command.header.code = kArm;
  other_command.content = script(kFar, 0x36);
  expect_refused(wrapped(other_command), "signature");

  {
    SCOPED_TRACE("one that the thief has held back, altered: the counter is fresh");
    auto held = of_the_user(kOpen, 1002, script(1002, 0x34));
    auto changed = held;
    changed.content = script(1002, 0x36);
    expect_refused(wrapped(changed), "signature");
    auto as_broker = held;
    as_broker.header.originator = kAcb;
    expect_refused(wrapped(as_broker), "role of the originator");
    expect_done(wrapped(held));
    EXPECT_EQ(memory().supply, field::Supply::Off);
    expect_refused(wrapped(held), "originator counter");
  }
}

TEST_F(StolenKeys, DoNotMakeATopUpToken) {
  // The command around a token needs the broker's MAC alone, so the thief can have any 20 digits looked at.
  constexpr std::uint64_t kCounter = 3ull << 32;
  const auto& meter = *certificates->public_key(kMeter, KeyUse::KeyAgreement);
  const auto before = memory();
  const auto before_balance = balance;
  for (const auto originator : {kSupplierParty, kAcb}) {
    for (const auto use : {KeyUse::DigitalSignature, KeyUse::KeyAgreement, KeyUse::XmlSigning}) {
      const auto digits = gbcs::make_utrn({originator, kMeter, {kCounter}}, 10, 1, loot(use), meter);
      ASSERT_TRUE(digits);
      const auto said = say(wrapped(command(kTopUp, originator, kCounter, top_up(kCounter, *digits))));
      ASSERT_EQ(said.size(), 2u) << "an answer, and an alert";
      EXPECT_EQ(result(said[0]), 1) << "refused";
      EXPECT_EQ(said[1].header.kind, gbcs::Kind::Alert);
      EXPECT_EQ(said[1].header.target, kSupplierParty);
      EXPECT_EQ(alert_of(said[1]), kTokenNotAuthentic);
      EXPECT_EQ(answer.content, cells);
      EXPECT_TRUE(memory() == before);
      EXPECT_LE(balance, before_balance);
    }
  }
  const auto real = gbcs::make_utrn({kSupplierParty, kMeter, {kCounter}}, 10, 1,
                                    *user->private_key(kSupplierParty, KeyUse::PrepaymentKeyAgreement), meter);
  const auto taken = say(wrapped(command(kTopUp, kSupplierParty, kCounter, top_up(kCounter, *real))));
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(result(taken[0]), 0);
  EXPECT_EQ(memory().tokens.size(), 1u);
  EXPECT_GT(balance, before_balance);
  const auto after = memory();
  const auto after_balance = balance;
  say(wrapped(command(kTopUp, kSupplierParty, kCounter, top_up(kCounter, *real))));
  EXPECT_TRUE(memory() == after) << "the same token again";
  EXPECT_LE(balance, after_balance);
}

// The meters' own table against the standard's: where the broker is let in at all, nothing critical follows.
TEST(BrokersUseCases, HoldNothingCriticalForSupplyTariffOrPayment) {
  const auto concerns_supply_or_money = [](const gbcs::UseCase& use_case) {
    std::istringstream services{std::string(use_case.services)};
    for (std::string service; services >> service;) {
      if (service.rfind("7.", 0) == 0 || service.rfind("1.", 0) == 0 || service.rfind("2.", 0) == 0) return true;
    }
    return false;
  };
  int critical = 0, brokers = 0;
  std::set<std::string> signed_by_broker;
  for (const auto type : {DeviceType::ESME, DeviceType::GSME}) {
    for (const auto& kind : field::cells_of(type)) {
      EXPECT_FALSE(kind.role == PartyRole::AccessControlBroker && kind.use == KeyUse::DigitalSignature)
          << "a meter keeps no key to check a signature of the broker with";
    }
    for (const auto& use_case : gbcs::use_cases()) {
      const auto* row = field::find_use_case_row(type, use_case.code);
      if (row == nullptr) continue;
      const bool broker = row->allows(PartyRole::AccessControlBroker);
      brokers += broker;
      if (!use_case.critical()) continue;
      ++critical;
      if (broker) signed_by_broker.insert(std::string(use_case.use_case));
      EXPECT_FALSE(broker && concerns_supply_or_money(use_case)) << use_case.name;
    }
  }
  EXPECT_GT(critical, 50);
  EXPECT_GT(brokers, 50);
  // docs/adr/0003 names these; the last assertion above is why a meter obeys none of them.
  EXPECT_EQ(signed_by_broker, (std::set<std::string>{"CS02b", "CS03C", "CS04AC"}));
}

}  // namespace
}  // namespace meterway::end_to_end
