#include "field/hub/home.h"

#include <gtest/gtest.h>

#include "base/util/hex.h"
#include "field/device/hub_log.h"
#include "field/device/test_world.h"
#include "standard/gbcs/utrn.h"

namespace meterway::field {
namespace {

using namespace test;
using dlms::Choice;
using dlms::Data;
using dlms::Type;
using std::chrono::milliseconds;
using std::chrono::minutes;
using Kind = HomeEvent::Kind;

constexpr dlms::Obis kNetworkControl{0, 0, 30, 3, 0, 255};
const Bytes kLabel(16, 0x42);

/// The demonstration's home; everybody but the PPMID is in the hub's log.
Home make_home(HomeSettings settings = {}) {
  std::vector<Installed> units;
  const std::pair<Eui64, DeviceType> devices[] = {
      {kEsme, DeviceType::ESME}, {kGsme, DeviceType::GSME}, {kGpf, DeviceType::GPF}, {kPpmid, DeviceType::PPMID}};
  for (const auto& [eui, type] : devices) units.push_back({make_device(eui, type), kLabel});
  DeviceState state;
  state.commissioned = test_time();
  for (const auto eui : {kEsme, kGsme, kGpf}) state.device_log.push_back({eui, Bytes(16, 1), kLabel, test_time()});
  const Keys& keys = keys_of(kChf);
  units.push_back({Device({kChf, DeviceType::CHF, keys.signing, keys.agreement, kGpf}, anchors_of(DeviceType::CHF),
                          LoadProfile(Fuel::Electricity, 1), state),
                   {}});
  return Home(std::move(units), settings);
}

/// A home of these devices, all in the hub's log.
Home home_of(const std::vector<std::pair<Eui64, DeviceType>>& devices) {
  std::vector<Installed> units;
  DeviceState state;
  state.commissioned = test_time();
  for (const auto& [eui, type] : devices) {
    units.push_back({make_device(eui, type), kLabel});
    state.device_log.push_back({eui, Bytes(16, 1), kLabel, test_time()});
  }
  const Keys& keys = keys_of(kChf);
  units.push_back({Device({kChf, DeviceType::CHF, keys.signing, keys.agreement, kGpf}, anchors_of(DeviceType::CHF),
                          LoadProfile(Fuel::Electricity, 1), state),
                   {}});
  return Home(std::move(units), {});
}

/// ECS47e: the load controller limits controller 1 to 40 per cent for an hour.
Order limit_load(Eui64 device, std::uint64_t counter, UtcTime start) {
  const auto at = [](UtcTime time) { return Data::octets(dlms_date_time(time)); };
  return {{0x011F},
          kLoadController,
          device,
          counter,
          access(counter,
                 {{Choice::Set, 1, {0, 0, 94, 44, 117, 3}, 2, 0, {}},
                  {Choice::Set, 1, {0, 0, 94, 44, 117, 4}, 2, 0, {}},
                  {Choice::Action, 9, {0, 0, 10, 0, 107, 255}, 1, 0, {}}},
                 {at(start), at(start + minutes(60)), Data::of(Type::Uint16, 0x1128)})};
}

Order read_gas(Eui64 device, std::uint64_t counter) {
  return {{0x0082}, kSupplier, device, counter, zcl(0x0702, 0, 0, {0x14, 0x00})};
}

Order hub_log(MessageCode code, std::uint64_t counter, std::uint8_t method, Data argument) {
  const dlms::Specification what{Choice::Action, 104, kNetworkControl, method, 0, {}};
  return {code, kBroker, kChf, counter, access(counter, {what}, {std::move(argument)}), kSupplier};
}
Order add(std::uint64_t counter, Eui64 device, ByteView code) {
  return hub_log({0x0001}, counter, 1,
                 Data::structure({Data::octets(device.wire()), Data::of(Type::Enum, 1), Data::octets(code),
                                  Data::of(Type::Enum, 0)}));
}
Order remove(std::uint64_t counter, Eui64 device) { return hub_log({0x0002}, counter, 2, Data::octets(device.wire())); }

/// Delivers one command and waits long enough.
std::vector<HomeEvent> ask(Home& home, const Order& order, UtcTime now = test_time()) {
  static std::uint64_t transaction = 0;
  home.deliver(++transaction, order.target, command(order), now);
  return home.pass(now + milliseconds(20));
}

std::vector<std::uint16_t> codes(const std::vector<HomeEvent>& events) {
  std::vector<std::uint16_t> out;
  for (const auto& e : events) {
    if (e.kind == Kind::Message) out.push_back(gbcs::read_message(e.message)->header.code.value);
  }
  return out;
}

TEST(Home, CarriesAMessageAndItsResponse) {
  auto home = make_home();
  const auto events = ask(home, read_gas(kGsme, 1));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, Kind::Delivered);
  EXPECT_NE(events[0].transaction, 0u);
  EXPECT_EQ(events[0].command, (RequestId{kSupplier, kGsme, {1}}));
  EXPECT_EQ(events[1].device, kGsme);
  EXPECT_EQ(codes(events), std::vector<std::uint16_t>{0x0082});
}

TEST(Home, KnowsOnlyItsOwnDevices) {
  auto home = make_home();
  auto order = read_gas(Eui64(7), 1);
  const auto events = ask(home, order);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Kind::Failed);
  EXPECT_EQ(events[0].reason, wire::LinkFailure::UnknownDevice);
}

TEST(Home, LetsNobodyTalkWhoIsNotInTheDeviceLog) {
  auto home = make_home();
  auto events = ask(home, {{0x0129}, kBroker, kPpmid, 1, {0x05, 0x00}});
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].reason, wire::LinkFailure::DeviceUnreachable);
  // Added with its install code it joins, and the hub tells of both: entry, then link key.
  events = ask(home, add(2, kPpmid, kLabel));
  EXPECT_EQ(codes(events), (std::vector<std::uint16_t>{0x0001, 0x0018, 0x0018}));
  const auto last = gbcs::read_message(events.back().message).value();
  EXPECT_EQ(last.header.target, kBroker);
  const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(last.content).value()).body;
  EXPECT_EQ(body.items.at(0).number, 0x8F12);
  EXPECT_EQ(body.items.at(2).items.at(1).bytes.size(), 8u) << "extended PAN id";
  EXPECT_EQ(body.items.at(2).items.at(2).items.back().items.at(1).bytes.size(), 16u) << "hash of the new link key";
  EXPECT_EQ(codes(ask(home, {{0x0129}, kBroker, kPpmid, 3, {0x05, 0x00}})), std::vector<std::uint16_t>{0x0129});
}

TEST(Home, DoesNotLetADeviceJoinWithAnotherInstallCode) {
  auto home = make_home();
  EXPECT_EQ(codes(ask(home, add(2, kPpmid, Bytes(16, 0x66)))), (std::vector<std::uint16_t>{0x0001, 0x0018}));
  EXPECT_EQ(ask(home, {{0x0129}, kBroker, kPpmid, 3, {0x05, 0x00}}).at(0).kind, Kind::Failed);
}

TEST(Home, RemovesADeviceAndTakesItBackWithItsOldKey) {
  auto home = make_home();
  EXPECT_EQ(codes(ask(home, remove(1, kGsme))), (std::vector<std::uint16_t>{0x0002, 0x0018}));
  EXPECT_EQ(ask(home, read_gas(kGsme, 1)).at(0).reason, wire::LinkFailure::DeviceUnreachable);
  EXPECT_EQ(home.device(kChf)->state().historic_log.size(), 1u);
  EXPECT_EQ(codes(ask(home, add(2, kGsme, Bytes(16, 0)))), (std::vector<std::uint16_t>{0x0001, 0x0018, 0x0018}));
  EXPECT_EQ(codes(ask(home, read_gas(kGsme, 2))), std::vector<std::uint16_t>{0x0082});
  EXPECT_EQ(codes(ask(home, add(3, kGsme, Bytes(16, 0)))), std::vector<std::uint16_t>{0x0001})
      << "twice changes nothing";
}

TEST(Home, GivesTwoDevicesAKeyOfTheirOwnOnlyWhenBothAreOnItsNetwork) {
  auto home = make_home();
  const auto join = [&](std::uint64_t counter) {
    const auto content = *from_hex(
        "3010"
        "020100"
        "0408"
        "00db1234567890a4"
        "020105");
    const auto events = ask(home, {{0x000D}, kSupplier, kEsme, counter, content});
    return to_hex(gbcs::read_message(events.back().message)->content);
  };
  EXPECT_EQ(join(1), "02010c") << "the display is in no log";
  EXPECT_EQ(codes(ask(home, add(2, kPpmid, Bytes(16, 0x66)))), (std::vector<std::uint16_t>{0x0001, 0x0018}));
  EXPECT_EQ(join(2), "02010c") << "it is in the log and has no key with the hub";
  ask(home, remove(3, kPpmid));
  ask(home, add(4, kPpmid, kLabel));
  home.take_changed();
  EXPECT_EQ(join(3), "020100");
  const auto changed = home.take_changed();
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0]->identity().eui, kEsme) << "its state is to be kept";
  EXPECT_EQ(changed[0]->state().joined.at(0).eui, kPpmid);
}

TEST(Home, KeepsMessagesForAGasMeterUntilItWakes) {
  auto home = make_home({milliseconds(20), minutes(30)});
  const UtcTime asked = test_time() + minutes(10);
  home.deliver(1, kGsme, command(read_gas(kGsme, 1)), asked);
  home.deliver(2, kGsme, command(read_gas(kGsme, 2)), asked + minutes(1));
  EXPECT_TRUE(home.pass(asked + minutes(5)).empty());
  EXPECT_EQ(home.next_due(), std::optional(test_time() + minutes(30)));
  const auto events = home.pass(test_time() + minutes(30));
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].transaction, 1u);
  EXPECT_EQ(events[2].transaction, 2u) << "in the order they came";
}

TEST(Home, ShowsTheGasMetersReadingsInTheProxy) {
  auto home = make_home();
  home.pass(test_time() + std::chrono::hours(24));
  const auto& meter = home.device(kGsme)->state().registers;
  EXPECT_GT(meter.import_milli, 0u);
  EXPECT_EQ(home.device(kGpf)->state().registers.import_milli, meter.import_milli);
}

TEST(Home, RefusesMoreThanItCanQueue) {
  auto home = make_home();
  for (std::uint64_t i = 1; i <= Home::kWaiting + 1; ++i) home.deliver(i, kEsme, {0xDF}, test_time());
  const auto events = home.pass(test_time());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].transaction, Home::kWaiting + 1);
  EXPECT_EQ(events[0].reason, wire::LinkFailure::Busy);
}

TEST(Home, DrawsNothingWithoutSupplyAndTellsTheNetworkOperatorWhenItIsBack) {
  auto home = make_home({milliseconds(20), milliseconds(0), minutes(3), milliseconds(0), minutes(4)});
  const auto lost = test_time() + minutes(10);
  home.pass(lost);
  const auto before = home.device(kEsme)->state().registers.import_milli;
  home.lose_supply(lost);
  home.pass(lost + minutes(50));
  home.restore_supply(lost + minutes(60));
  std::vector<std::uint16_t> alerts;
  for (const auto& event : home.pass(lost + minutes(60))) {
    if (event.kind != Kind::Message) continue;
    const auto message = gbcs::read_message(event.message).value();
    EXPECT_EQ(message.header.code, MessageCode{0x0067});
    EXPECT_EQ(message.header.target, kNetwork);
    EXPECT_TRUE(gbcs::verify_signature(message, keys_of(kEsme).signing.public_key()));
    const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(message.content).value()).body;
    ASSERT_EQ(body.items.size(), 4u);
    alerts.push_back(static_cast<std::uint16_t>(body.items[0].number));
    EXPECT_EQ(to_hex(body.items[2].bytes), to_hex(dlms_date_time(lost)));
    EXPECT_EQ(to_hex(body.items[3].bytes), to_hex(dlms_date_time(lost + minutes(60))));
  }
  EXPECT_EQ(alerts, (std::vector<std::uint16_t>{0x8F35, 0x8F36}));
  EXPECT_EQ(home.device(kEsme)->state().registers.import_milli, before) << "an hour without supply";
  home.pass(lost + minutes(120));
  EXPECT_GT(home.device(kEsme)->state().registers.import_milli, before);
}

TEST(Home, SaysNothingOfALossThatWasOverWithinThreeMinutesButTheMeterDoes) {
  auto home = make_home();
  home.lose_supply(test_time());
  home.restore_supply(test_time() + minutes(2));
  const auto events = home.pass(test_time() + minutes(5));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(codes(events), std::vector<std::uint16_t>{0x0067});
}

TEST(Home, SaysNothingOnceItsStoredEnergyIsGone) {
  auto home = make_home({milliseconds(20), milliseconds(0), minutes(3), milliseconds(0), minutes(2)});
  home.lose_supply(test_time());
  EXPECT_TRUE(home.pass(test_time() + minutes(10)).empty());
  EXPECT_EQ(home.next_due(), std::nullopt);
}

TEST(Home, ADeviceRaisesAnAlertOfItsOwnAccordAsLongAsItIsHeard) {
  auto home = make_home();
  const auto raised = home.raise(kEsme, 0x8F36, {}, test_time());
  ASSERT_TRUE(raised) << raised.error();
  const auto events = home.pass(test_time());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Kind::Message);
  EXPECT_EQ(events[0].device, kEsme);
  EXPECT_EQ(events[0].message, raised->message);
  const auto changed = home.take_changed();
  ASSERT_EQ(changed.size(), 1u) << "its counter is kept";
  EXPECT_EQ(changed[0]->identity().eui, kEsme);

  EXPECT_EQ(home.raise(kPpmid, 0x8F1E, {}, test_time()).error(), "the hub does not know the device");
  EXPECT_FALSE(home.raise(kStranger, 0x8F36, {}, test_time()));
  home.lose_supply(test_time());
  EXPECT_EQ(home.raise(kEsme, 0x8F36, {}, test_time()).error(), "the home has no supply");
}

TEST(Home, WakesWhenALimitOfALoadEndsAndSaysSo) {
  auto home = make_home();
  EXPECT_EQ(codes(ask(home, limit_load(kEsme, 1, test_time()))), (std::vector<std::uint16_t>{0x011F, 0x0121}));
  const UtcTime end = test_time() + minutes(60);
  EXPECT_EQ(home.next_due(), std::optional(end));
  EXPECT_EQ(codes(home.pass(end)), std::vector<std::uint16_t>{0x0122});
  EXPECT_EQ(home.next_due(), std::nullopt);
}

TEST(Home, MayHoldALoadSwitchAndAnAuxiliaryController) {
  constexpr Eui64 kSwitch{0x00DB123456789097}, kSapc{0x00DB1234567890A6};
  auto home = home_of({{kSwitch, DeviceType::HCALCS}, {kSapc, DeviceType::SAPC}});
  EXPECT_EQ(codes(ask(home, {{0x0129}, kBroker, kSwitch, 1, {0x05, 0x00}})), std::vector<std::uint16_t>{0x0129});
  EXPECT_EQ(codes(ask(home, limit_load(kSapc, 2, test_time()))), (std::vector<std::uint16_t>{0x011F, 0x0121}));
  EXPECT_EQ(codes(ask(home, limit_load(kSwitch, 3, test_time()))).at(0), 0x1000) << "8F1E: it knows no load controller";
}

TEST(Home, WhatIsBrokenInADeviceIsKeptAndMendedAgain) {
  auto home = make_home();
  EXPECT_EQ(home.fault(kEsme, {"0702/06", 192})->size(), 1u);
  const auto changed = home.take_changed();
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0]->state().faults.at("0702/06"), 192);
  EXPECT_EQ(home.fault(kEsme, {"0702/0A00", 1})->size(), 2u);
  EXPECT_EQ(home.fault(kEsme, {"0702/06", 0})->size(), 1u);
  EXPECT_EQ(home.fault(kEsme, {"", 0})->size(), 0u) << "all of it";
  EXPECT_FALSE(home.fault(kStranger, {"0702/06", 192}));
}

LocalOrder top_up(Eui64 meter, std::uint64_t number) {
  return {LocalAct::TopUp, gbcs::make_utrn({kSupplier, meter, {number << 32}}, 5, 1, keys_of(kSupplier).prepayment,
                                           keys_of(meter).agreement.public_key())
                               .value()};
}

TEST(Home, ATokenTypedInIsToldAtTheNextPass) {
  auto home = make_home();
  const auto acted = home.act(kEsme, {}, top_up(kEsme, 1), test_time());
  ASSERT_TRUE(acted) << acted.error();
  EXPECT_TRUE(acted->done());
  EXPECT_EQ(home.next_due(), UtcTime());
  EXPECT_EQ(codes(home.pass(test_time())), std::vector<std::uint16_t>{0x1001});
  EXPECT_EQ(home.device(kEsme)->state().registers.balance, 500'000);
}

TEST(Home, WithoutSupplyAGasMeterTakesATokenAndTellsOfItWhenTheHubIsBack) {
  auto home = make_home();
  home.lose_supply(test_time());
  EXPECT_FALSE(home.act(kEsme, {}, top_up(kEsme, 1), test_time() + minutes(1))) << "its screen is dark";
  const auto acted = home.act(kGsme, {}, top_up(kGsme, 1), test_time() + minutes(1));
  ASSERT_TRUE(acted) << acted.error();
  EXPECT_TRUE(acted->done());
  EXPECT_TRUE(codes(home.pass(test_time() + minutes(2))).empty());
  home.restore_supply(test_time() + minutes(10));
  const auto after = codes(home.pass(test_time() + minutes(10)));
  EXPECT_EQ(std::count(after.begin(), after.end(), 0x1001), 1);
}

TEST(Home, WakesByItselfWhenAPrepaymentMeterHasSomethingToTell) {
  auto home = make_home();
  EXPECT_EQ(home.next_due(), std::nullopt);
  // GCS03, prepayment mode; a balance of nothing shuts the valve at the first look.
  const auto mode = zcl(0x0705, 1, 6, {0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x97, 0x08, 0, 0, 0, 0});
  ASSERT_TRUE(home.act(kGsme, {}, top_up(kGsme, 1), test_time())->done());
  (void)home.pass(test_time());
  const auto answered = ask(home, {{0x006D}, kSupplier, kGsme, 1, mode});
  EXPECT_EQ(codes(answered).back(), 0x006D);
  const auto next = home.next_due();
  ASSERT_TRUE(next);
  EXPECT_GT(*next, test_time());
  EXPECT_LE(*next, test_time() + std::chrono::hours(25));
  EXPECT_FALSE(home.has_waiting()) << "it may sleep until then";
  (void)home.pass(*next);
  EXPECT_GT(home.next_due().value(), *next);
}

TEST(Home, ADisplayPassesOnWhatIsTypedToWhomItHasJoinedWith) {
  auto home = make_home();
  const auto refused = home.act(kEsme, kPpmid, top_up(kEsme, 1), test_time());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("not joined"), std::string::npos);
  EXPECT_FALSE(home.act(kEsme, kGsme, top_up(kEsme, 1), test_time())) << "no display";
  EXPECT_FALSE(home.act(kPpmid, {}, top_up(kEsme, 1), test_time())) << "no meter";
}

}  // namespace
}  // namespace meterway::field
