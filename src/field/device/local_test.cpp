#include "field/device/local.h"

#include "base/util/random.h"
#include "field/device/gas_account.h"
#include "field/device/gas_logs.h"
#include "field/device/gas_test_world.h"
#include "field/device/logs.h"
#include "standard/gbcs/utrn.h"
#include "standard/pki/issue.h"

/// What a person does at a meter or at a display: nobody has sent a command.
namespace meterway::field::test {
namespace {

using std::chrono::days;
using std::chrono::hours;

std::string token_for(Eui64 meter, std::uint64_t number, std::uint16_t pounds = 10, Eui64 supplier = kSupplier) {
  return gbcs::make_utrn({supplier, meter, {number << 32}}, pounds, 1, keys_of(supplier).prepayment,
                         keys_of(meter).agreement.public_key())
      .value();
}

std::uint16_t code_of(ByteView bytes) {
  const auto message = gbcs::read_message(bytes).value();
  EXPECT_EQ(message.header.target, kSupplier);
  if (message.content.at(0) == 0x0F) {
    const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(message.content).value()).body;
    return static_cast<std::uint16_t>(body.items.at(0).number);
  }
  return gbz::read_alert(message.content, message.header.code).value().code;
}

std::vector<std::uint16_t> codes_of(const std::vector<Bytes>& messages) {
  std::vector<std::uint16_t> codes;
  for (const auto& message : messages) codes.push_back(code_of(message));
  return codes;
}

/// Codes in a log of events, with what stands beside them.
std::vector<std::pair<std::uint16_t, Bytes>> logged(const Device& meter, std::uint8_t which) {
  const auto* row = find_log(meter.identity().type, 7, {0, 0, 99, 98, which, 255});
  const auto data = read_log(*row, false, meter.state(), nullptr, test_time(), {UtcTime(), test_time() + days(30)});
  std::vector<std::pair<std::uint16_t, Bytes>> out;
  for (const auto& entry : data.items)
    out.emplace_back(static_cast<std::uint16_t>(entry.items.at(1).number),
                     entry.items.size() > 2 ? entry.items[2].bytes : Bytes());
  return out;
}

class AtTheKeys : public ::testing::TestWithParam<Eui64> {
 protected:
  Device meter = make_device(GetParam(), GetParam() == kEsme ? DeviceType::ESME : DeviceType::GSME);
  Device::Acted types(const std::string& token, UtcTime at = test_time()) {
    return meter.act({LocalAct::TopUp, token}, false, at);
  }
  std::string token(std::uint64_t number, std::uint16_t pounds = 10) { return token_for(GetParam(), number, pounds); }
  std::int64_t balance() const { return meter.state().registers.balance; }
};

TEST_P(AtTheKeys, ATokenIsCreditedOnceToldAndLogged) {
  const auto taken = types(token(1, 7));
  EXPECT_TRUE(taken.result.done()) << taken.result.why;
  EXPECT_EQ(taken.result.value, 700'000);
  EXPECT_EQ(balance(), 700'000);
  EXPECT_EQ(codes_of(taken.messages), std::vector<std::uint16_t>{0x810E});
  const auto alert = gbcs::read_message(taken.messages.at(0)).value();
  EXPECT_EQ(alert.header.code, MessageCode{0x1001});
  EXPECT_TRUE(alert.mac) << "not signed: it is not critical";
  EXPECT_EQ(logged(meter, 0).back().first, 0x8161);

  const auto again = types(token(1, 7));
  EXPECT_EQ(again.result.why, to_string(TopUp::Duplicate));
  EXPECT_EQ(balance(), 700'000);
  EXPECT_EQ(codes_of(again.messages), std::vector<std::uint16_t>{0x8F51});
  EXPECT_EQ(logged(meter, 0).back().first, 0x8162);
  EXPECT_EQ(logged(meter, 1).back().first, 0x8F51);
}

TEST_P(AtTheKeys, TokensAreTakenOutOfOrderAndThoseOfTheSuppliersClockToo) {
  EXPECT_TRUE(types(token(5)).result.done());
  EXPECT_TRUE(types(token(3)).result.done());
  EXPECT_TRUE(types(token(500)).result.done());
  const auto seconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(test_time().time_since_epoch()).count());
  EXPECT_TRUE(types(token(seconds - 3 * 86'400)).result.done()) << "bought three days ago";
  EXPECT_TRUE(types(token(seconds)).result.done());
  EXPECT_FALSE(types(token(seconds - 3 * 86'400)).result.done());
  EXPECT_FALSE(types(token(seconds - 30 * 86'400)).result.done()) << "further back than it looks";
  EXPECT_EQ(balance(), 5'000'000);
}

TEST_P(AtTheKeys, WhatIsNoTokenOfThisMeterChangesNothing) {
  const auto refused = [&](const std::string& digits, TopUp why, const std::vector<std::uint16_t>& told) {
    const auto acted = types(digits);
    EXPECT_EQ(acted.result.why, to_string(why)) << digits;
    EXPECT_EQ(codes_of(acted.messages), told) << digits;
    EXPECT_EQ(balance(), 0);
    EXPECT_TRUE(meter.state().tokens.counters().empty());
  };
  auto wrong = token(1);
  wrong[19] = wrong[19] == '9' ? '0' : static_cast<char>(wrong[19] + 1);
  for (const auto& text : {std::string(), std::string("12345"), std::string(20, 'x'), std::string(300, '7'), wrong})
    refused(text, TopUp::Malformed, {});
  refused(token_for(kPpmid, 1), TopUp::WrongMac, {0x8F63});
  refused(token_for(GetParam(), 1, 10, kStranger), TopUp::WrongMac, {0x8F63});
  refused(token(1, 8191), TopUp::OverLimit, {0x8F5B});
}

TEST_P(AtTheKeys, ATokenOfACommandIsNotTakenAgainAtTheKeys) {
  const auto digits = token(9);
  const bool gas = GetParam() == kGsme;
  const Bytes text(digits.begin(), digits.end());
  wire::Writer payload;
  payload.u8(0).u8(20).bytes(text);
  const auto content = gas ? zcl(0x0705, 1, 4, payload.take())
                           : access(9ULL << 32, {{dlms::Choice::Action, 115, {0, 0, 19, 40, 0, 255}, 1, 0, {}}},
                                    {dlms::Data::octets(text)});
  const Order order{{static_cast<std::uint16_t>(gas ? 0x0097 : 0x0007)}, kSupplier, GetParam(), 9ULL << 32, content};
  EXPECT_TRUE(meter.take(command(order), test_time()).alerts.empty()) << "it was not added locally";
  EXPECT_EQ(balance(), 1'000'000);
  EXPECT_EQ(types(digits).result.why, to_string(TopUp::Duplicate));
  EXPECT_EQ(balance(), 1'000'000);
}

TEST_P(AtTheKeys, SupplyIsSwitchedOnWhereItIsArmedAlone) {
  auto state = meter.state();
  state.supply = Supply::Off;
  const auto with = [&](Supply supply) {
    state.supply = supply;
    const auto& keys = keys_of(GetParam());
    meter = Device({GetParam(), meter.identity().type, keys.signing, keys.agreement, kGpf},
                   anchors_of(meter.identity().type), LoadProfile(Fuel::Gas, 1), state);
    return meter.act({LocalAct::EnableSupply}, false, test_time());
  };
  EXPECT_FALSE(with(Supply::Off).result.done());
  EXPECT_EQ(meter.state().supply, Supply::Off);
  EXPECT_TRUE(with(Supply::Armed).result.done());
  EXPECT_EQ(meter.state().supply, Supply::On);
}

TEST_P(AtTheKeys, EmergencyCreditIsNotOfferedInCreditMode) {
  const auto acted = meter.act({LocalAct::EmergencyCredit}, false, test_time());
  EXPECT_FALSE(acted.result.done());
  EXPECT_TRUE(acted.messages.empty());
}

INSTANTIATE_TEST_SUITE_P(Both, AtTheKeys, ::testing::Values(kEsme, kGsme),
                         [](const auto& of) { return std::string(of.param == kEsme ? "ESME" : "GSME"); });

TEST(AtADisplay, ActsOfAnElectricityMeterStandInItsLogByTheDisplaysUseCases) {
  auto meter = make_device(kEsme, DeviceType::ESME);
  EXPECT_TRUE(meter.act({LocalAct::TopUp, token_for(kEsme, 1)}, true, test_time()).result.done());
  EXPECT_FALSE(meter.act({LocalAct::EmergencyCredit}, true, test_time()).result.done());
  EXPECT_TRUE(meter.act({LocalAct::EnableSupply}, true, test_time()).result.done());
  const std::vector<std::pair<std::uint16_t, Bytes>> expected{
      {0x8154, {0x01, 0x16}}, {0x8155, {0x01, 0x17}}, {0x8154, {0x01, 0x18}}};
  EXPECT_EQ(logged(meter, 0), expected);
}

Bytes certificate_of(Eui64 who) {
  SeededRandom random{7};
  const auto from = test_time() - hours(24);
  static const auto authority = pki::issue_root("ROOT", pki::Validity::years(from, 10), random).value();
  return pki::issue_device(authority, {who, pki::KeyUse::KeyAgreement}, test_time(),
                           keys_of(who).agreement.public_key(), random)
      .value()
      .der;
}

Device joined(Eui64 eui, DeviceType type, Eui64 other, std::uint8_t other_type) {
  auto state = make_device(eui, type).state();
  state.joined.push_back({other, other_type, 3, certificate_of(other), {}});
  const Keys& keys = keys_of(eui);
  return Device({eui, type, keys.signing, keys.agreement, kGpf}, anchors_of(type), LoadProfile(Fuel::Gas, 1), state);
}

TEST(AtADisplay, AGasMeterTakesItsTokensAndAnswersUnderTheirOwnKeys) {
  auto display = joined(kPpmid, DeviceType::PPMID, kGsme, 0);
  auto meter = joined(kGsme, DeviceType::GSME, kPpmid, 5);
  const auto order = display.order_gas_meter({LocalAct::TopUp, token_for(kGsme, 1, 20)}, kGsme).value();
  const auto header = gbcs::read_message(order).value().header;
  EXPECT_EQ(header.code, MessageCode{0x009B});
  EXPECT_EQ(header.originator, kPpmid);
  const auto outcome = meter.take(order, test_time());
  ASSERT_TRUE(outcome.response) << outcome.refusal;
  EXPECT_EQ(codes_of(outcome.alerts), std::vector<std::uint16_t>{0x810E});
  EXPECT_EQ(meter.state().registers.balance, 2'000'000);
  const auto heard = display.hear_gas_meter(*outcome.response, kGsme).value();
  EXPECT_TRUE(heard.done()) << heard.why;
  EXPECT_EQ(heard.value, 2'000'000);

  const auto replayed = meter.take(order, test_time());
  EXPECT_FALSE(replayed.response);
  EXPECT_EQ(std::string(replayed.refusal), "originator counter");
  const auto again =
      meter.take(display.order_gas_meter({LocalAct::TopUp, token_for(kGsme, 1, 20)}, kGsme).value(), test_time());
  EXPECT_FALSE(display.hear_gas_meter(again.response.value(), kGsme).value().done());
  EXPECT_EQ(meter.state().registers.balance, 2'000'000);
  const auto no_emergency =
      meter.take(display.order_gas_meter({LocalAct::EmergencyCredit}, kGsme).value(), test_time());
  EXPECT_FALSE(display.hear_gas_meter(no_emergency.response.value(), kGsme).value().done());
  EXPECT_FALSE(display.order_gas_meter({LocalAct::EnableSupply}, kGsme)) << "there is no such message";
  EXPECT_EQ(read_state(write_state(meter.state())).value().joined.at(0).counter, meter.state().joined.at(0).counter);
}

TEST(AtADisplay, AGasMeterListensToNoDisplayThatItHasNotJoinedNorToAnswersInItsName) {
  auto display = joined(kPpmid, DeviceType::PPMID, kGsme, 0);
  const auto order = display.order_gas_meter({LocalAct::TopUp, token_for(kGsme, 1)}, kGsme).value();
  auto stranger = make_device(kGsme, DeviceType::GSME);
  EXPECT_FALSE(stranger.take(order, test_time()).response);
  auto meter = joined(kGsme, DeviceType::GSME, kPpmid, 5);
  auto forged = order;
  forged[forged.size() - 1] ^= 1;
  EXPECT_EQ(std::string(meter.take(forged, test_time()).refusal), "MAC");
  auto response = meter.take(order, test_time()).response.value();
  response[response.size() - 20] ^= 1;
  EXPECT_FALSE(display.hear_gas_meter(response, kGsme));
  EXPECT_FALSE(make_device(kPpmid, DeviceType::PPMID).order_gas_meter({LocalAct::EmergencyCredit}, kGsme));
  // And a supplier's command is no display's.
  EXPECT_FALSE(
      meter.take(command({{0x0090}, kSupplier, kGsme, 1, zcl(0x0705, 1, 0, {0, 0, 0, 0, 2})}), test_time()).response);
}

}  // namespace
}  // namespace meterway::field::test
