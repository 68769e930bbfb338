#include "field/device/device.h"

#include <gtest/gtest.h>

#include "base/util/hex.h"
#include "field/device/test_world.h"

namespace meterway::field::test {
namespace {

using dlms::Choice;
using dlms::Data;
using dlms::Type;
using std::chrono::hours;

constexpr MessageCode kReadImport{0x0027}, kReadSupply{0x0052}, kOpenSwitch{0x0050};
constexpr dlms::Obis kLoadSwitch{0, 0, 96, 3, 10, 255};
constexpr dlms::Obis kSwitchScripts{0, 0, 10, 0, 106, 255};
const dlms::Specification kGetSupply{Choice::Get, 70, kLoadSwitch, 3, 0, {}};
const dlms::Specification kRunScript{Choice::Action, 9, kSwitchScripts, 1, 0, {}};

Order read_supply(std::uint64_t counter) {
  return {kReadSupply, kSupplier, kEsme, counter, access(counter, {kGetSupply})};
}
Order open_switch(std::uint64_t counter) {
  return {kOpenSwitch, kSupplier, kEsme, counter, access(counter, {kRunScript}, {Data::of(Type::Uint16, 0x34)})};
}

/// No response, one 8F1E to the supplier, signed, with a counter of its own; the reason is in the security log.
void expect_refused(Device& device, const Outcome& outcome) {
  EXPECT_FALSE(outcome.response);
  ASSERT_EQ(outcome.alerts.size(), 1u);
  const auto alert = gbcs::read_message(outcome.alerts[0]).value();
  EXPECT_EQ(alert.header.kind, gbcs::Kind::Alert);
  EXPECT_EQ(alert.header.code, MessageCode{0x1000});
  EXPECT_EQ(alert.header.target, kSupplier);
  EXPECT_EQ(alert.header.counter.value, device.state().alert_counter);
  EXPECT_TRUE(gbcs::verify_signature(alert, keys_of(alert.header.originator).signing.public_key()));
  const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(alert.content).value()).body;
  EXPECT_EQ(body.items.at(0).number, 0x8F1E);
  EXPECT_EQ(device.state().security_log.front().code, 0x8F1E);
}

TEST(Device, RehearsesACommandThatItHasHadWithoutChangingAnything) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const auto opened = command(open_switch(1000));
  const auto first = device.take(opened, test_time());
  ASSERT_TRUE(first.response);
  const auto closed_again = device.state();
  const auto counter = device.state().replay.last(PartyRole::Supplier);
  EXPECT_FALSE(device.rehearse(command(read_supply(999)), test_time()).refusal[0]) << "whatever its counter";
  const auto again = device.rehearse(opened, test_time() + hours(1));
  ASSERT_TRUE(again.response);
  EXPECT_EQ(read_access(answer(again)).results, read_access(answer(first)).results);
  EXPECT_EQ(device.state().alert_counter, closed_again.alert_counter);
  EXPECT_EQ(device.state().replay.last(PartyRole::Supplier), counter);
  EXPECT_FALSE(device.take(opened, test_time()).response) << "the device itself takes it once";
  auto forged = opened;
  forged.back() ^= 1;
  EXPECT_FALSE(device.rehearse(forged, test_time()).response) << "its MAC is checked as ever";
}

TEST(Device, AnswersAReadWithAMacForWhoeverAsked) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const auto outcome = device.take(command(read_supply(1000)), test_time());
  const auto response = read_access(answer(outcome));
  EXPECT_EQ(response.results.at(0), (dlms::AccessResult{Choice::Get, 0}));
  EXPECT_EQ(response.data.at(0), Data::of(Type::Enum, 1)) << "the switch is closed";
  EXPECT_TRUE(outcome.alerts.empty());
}

TEST(Device, CarriesOutACriticalCommandAndSignsItsResponse) {
  auto device = make_device(kEsme, DeviceType::ESME);
  answer(device.take(command(open_switch(1000)), test_time()));
  EXPECT_EQ(device.state().supply, Supply::Off);
  EXPECT_EQ(read_access(answer(device.take(command(read_supply(1001)), test_time()))).data.at(0).number, 0);
}

TEST(Device, RefusesAWrongMac) {
  auto device = make_device(kEsme, DeviceType::ESME);
  auto message = build(read_supply(1000));
  (*message.mac)[5] ^= 1;
  expect_refused(device, device.take(gbcs::write_message(message), test_time()));
  EXPECT_TRUE(device.take(command(read_supply(1000)), test_time()).response)
      << "a forged command does not use up a counter";
}

TEST(Device, RefusesAWrongSignatureUnderARightMac) {
  auto device = make_device(kEsme, DeviceType::ESME);
  auto message = build(open_switch(1000));
  ASSERT_TRUE(gbcs::sign(message, keys_of(kStranger).signing));
  ASSERT_TRUE(gbcs::add_mac(message, keys_of(kBroker).agreement, keys_of(kEsme).agreement.public_key()));
  expect_refused(device, device.take(gbcs::write_message(message), test_time()));
  EXPECT_EQ(device.state().supply, Supply::On);
}

TEST(Device, RefusesACriticalCommandWithoutSignature) {
  auto device = make_device(kEsme, DeviceType::ESME);
  auto message = build(open_switch(1000));
  message.signature_field = gbcs::SignatureField::Empty;
  ASSERT_TRUE(gbcs::add_mac(message, keys_of(kBroker).agreement, keys_of(kEsme).agreement.public_key()));
  expect_refused(device, device.take(gbcs::write_message(message), test_time()));
}

TEST(Device, RefusesACommandWhoseBrokerIsAnother) {
  auto device = make_device(kEsme, DeviceType::ESME);
  auto message = build(read_supply(1000));
  ASSERT_TRUE(gbcs::add_mac(message, keys_of(kStranger).agreement, keys_of(kEsme).agreement.public_key()));
  expect_refused(device, device.take(gbcs::write_message(message), test_time()));
}

TEST(Device, RefusesAReplayedOrOlderCounter) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const Bytes first = command(read_supply(1000));
  EXPECT_TRUE(device.take(first, test_time()).response);
  expect_refused(device, device.take(first, test_time()));
  EXPECT_FALSE(device.take(command(read_supply(999)), test_time()).response);
  EXPECT_TRUE(device.take(command(read_supply(1001)), test_time()).response);
}

TEST(Device, RefusesWhatIsMeantForAnother) {
  auto device = make_device(kEsme, DeviceType::ESME);
  auto order = read_supply(1000);
  order.target = kGsme;
  expect_refused(device, device.take(command(order), test_time()));
}

TEST(Device, RefusesAPartyItDoesNotKnowAndARoleThatMayNot) {
  auto device = make_device(kEsme, DeviceType::ESME);
  auto order = read_supply(1000);
  order.originator = kStranger;
  expect_refused(device, device.take(command(order), test_time()));
  auto other = make_device(kEsme, DeviceType::ESME);
  order = open_switch(1000);
  order.originator = kNetwork;
  expect_refused(other, other.take(command(order), test_time()));
}

TEST(Device, RefusesBytesThatAreNoMessage) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const Bytes whole = command(read_supply(1000));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(device.take(ByteView(whole).first(size), test_time()).response) << size;
  }
  EXPECT_TRUE(device.take(whole, test_time()).response);
}

TEST(Device, CountsEachRoleApart) {
  auto device = make_device(kEsme, DeviceType::ESME);
  EXPECT_TRUE(device.take(command(read_supply(5000)), test_time()).response);
  auto order = read_supply(10);
  order.originator = kNetwork;
  EXPECT_TRUE(device.take(command(order), test_time()).response);
}

TEST(Device, EncryptsImportRegistersForTheUserAndTheyAdvance) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const dlms::Obis buffer{0, 0, 94, 44, 34, 10};
  const auto read_wh = [&](std::uint64_t counter, UtcTime now) {
    const auto response = answer(device.take(
        command({kReadImport, kSupplier, kEsme, counter, protected_read(counter, kSupplier, kEsme, 8, buffer)}), now));
    const auto body = read_access(response);
    EXPECT_EQ(body.results.at(0), (dlms::AccessResult{Choice::Action, 0}));
    const auto block = dlms::protected_block(body.data.at(0));
    const auto data = open_block(response, block);
    EXPECT_EQ(data.items.at(0).items.at(1), Data::structure({Data::of(Type::Int8, 0), Data::of(Type::Enum, 30)}))
        << "Wh";
    return data.items.at(0).items.at(0).number;
  };
  EXPECT_EQ(read_wh(1, test_time()), 0);
  const auto day = read_wh(2, test_time() + hours(24));
  EXPECT_GT(day, 4'000);
  EXPECT_GT(read_wh(3, test_time() + hours(48)), day);
  EXPECT_EQ(static_cast<std::uint64_t>(device.state().registers.import_milli),
            device.state().registers.tariff_milli[0]);
}

TEST(Device, DrawsNothingWhileTheSupplyIsOff) {
  auto device = make_device(kEsme, DeviceType::ESME);
  answer(device.take(command(open_switch(1000)), test_time() + hours(1)));
  const auto before = device.state().registers.import_milli;
  device.pass(test_time() + hours(100));
  EXPECT_EQ(device.state().registers.import_milli, before);
}

TEST(Device, RepeatsTheSupplementaryPartyWhenTheBrokerAsksForSomebody) {
  auto device = make_device(kEsme, DeviceType::ESME);
  auto order = read_supply(7);
  order.originator = kBroker;
  order.on_behalf_of = kStranger;
  const auto response = answer(device.take(command(order), test_time()));
  EXPECT_EQ(response.header.target, kBroker);
  EXPECT_EQ(response.header.supplementary_party, kStranger);
  EXPECT_EQ(response.header.supplementary_counter, OriginatorCounter{7});
}

TEST(Device, AnswersWhatItHasNotWithTheFailureCodeOfTheObject) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const auto get = [](std::uint16_t class_id, dlms::Obis obis, std::uint8_t index) {
    return dlms::Specification{Choice::Get, class_id, obis, index, 0, {}};
  };
  const auto results = [&](std::uint64_t counter, const dlms::Specification& first) {
    const auto content = access(counter, {kGetSupply, first, kGetSupply});
    const auto response =
        read_access(answer(device.take(command({kReadSupply, kSupplier, kEsme, counter, content}), test_time())));
    return std::vector<int>{response.results.at(0).code, response.results.at(1).code, response.results.at(2).code};
  };
  EXPECT_EQ(results(9, get(1, {0, 0, 1, 2, 3, 4}, 2)), (std::vector<int>{0, 4, 250}))
      << "object-undefined, and what follows is not carried out: other-reason";
  EXPECT_EQ(results(10, get(20, {0, 0, 13, 0, 0, 255}, 10)), (std::vector<int>{0, 3, 250})) << "read-write-denied";
}

TEST(Device, RaisesNotSupportedForAnAuthenticCommandItDoesNotKnow) {
  auto device = make_device(kEsme, DeviceType::ESME);
  const auto outcome = device.take(command({{0x0074}, kSupplier, kEsme, 1000, zcl(0x0702, 0, 0, {0, 0})}), test_time());
  EXPECT_FALSE(outcome.response);
  ASSERT_EQ(outcome.alerts.size(), 1u);
  const auto alert = gbcs::read_message(outcome.alerts[0]).value();
  EXPECT_EQ(alert.header.code, MessageCode{0x0120});
  const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(alert.content).value()).body;
  EXPECT_EQ(body.items.at(0).number, 0x8F85);
  EXPECT_EQ(to_hex(body.items.at(2).bytes), "007400000000000003e8");
}

TEST(Device, KeepsItsMemoryInAFile) {
  auto device = make_device(kEsme, DeviceType::ESME);
  answer(device.take(command(open_switch(1000)), test_time() + hours(30)));
  device.take(command(read_supply(1000)), test_time() + hours(31));  // a replay, for the log
  const Bytes text = write_state(device.state());
  const auto again = read_state(text);
  ASSERT_TRUE(again);
  EXPECT_EQ(write_state(*again), text);
  EXPECT_EQ(again->supply, Supply::Off);
  EXPECT_FALSE(again->replay.fresh(PartyRole::Supplier, {1000}));
  EXPECT_EQ(read_state(Bytes{'{', '}'}).error().code, ErrorCode::BadJson);
  EXPECT_EQ(read_state(ByteView(text).first(text.size() / 2)).error().code, ErrorCode::BadJson);
}

}  // namespace
}  // namespace meterway::field::test
