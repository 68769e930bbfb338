#include "field/device/behaviours.h"

#include <algorithm>

#include "field/device/gas_test_world.h"
#include "field/device/logs.h"
#include "standard/gbcs/alert_routes.h"

namespace meterway::field::test {
namespace {

using dlms::Data;
using dlms::Obis;

constexpr std::uint8_t kAlerts = 11, kLogging = 14;  // group E of what is set

/// An electricity meter whose supplier or network operator switches single events.
struct Switched {
  Device device = make_device(kEsme, DeviceType::ESME);
  std::uint64_t counter = 1000;

  void set(std::uint8_t party, std::uint8_t settings, std::uint16_t event, bool on) {
    const std::size_t byte = (255 - (event & 0xFF)) / 8;
    const auto bit = static_cast<std::uint8_t>(0x80 >> (255 - (event & 0xFF)) % 8);
    Data data;
    data.type = dlms::Type::BitString;
    data.bits = 512;
    data.bytes.resize(64);
    data.bytes[byte] = bit;
    if (on) data.bytes[32 + byte] = bit;
    const dlms::Specification what{dlms::Choice::Set, 1, Obis{0, party, 97, 98, settings, 255}, 2, 0, {}};
    const std::uint16_t code =
        party == 33 ? (settings == kAlerts ? 0x00B0 : 0x00ED) : (settings == kAlerts ? 0x00AC : 0x00EC);
    ++counter;
    const Order order{{code}, party == 33 ? kNetwork : kSupplier, kEsme, counter, access(counter, {what}, {data})};
    const auto response = read_access(answer(device.take(command(order), test_time())));
    ASSERT_EQ(response.results.at(0).code, 0);
  }
  /// How often the code stands in the event log.
  std::size_t logged(std::uint16_t code) const {
    const auto found = device.state().logs.find("7/0-0:99.98.0.255/2");
    if (found == device.state().logs.end()) return 0;
    const Bytes wanted{static_cast<std::uint8_t>(code >> 8), static_cast<std::uint8_t>(code & 0xFF)};
    std::size_t count = 0;
    for (auto at = found->second.begin();; ++at, ++count) {
      at = std::search(at, found->second.end(), wanted.begin(), wanted.end());
      if (at == found->second.end()) return count;
    }
  }
  Raised raise(std::uint16_t code, const AlertParameters& parameters = {}) {
    const auto raised = device.raise(code, parameters, test_time());
    EXPECT_TRUE(raised) << raised.error();
    return raised.value_or(Raised{});
  }
};

TEST(Behaviours, AreDeliveredWithEverythingOnAndReadSo) {
  const DeviceState state;
  for (const auto& route : gbcs::alert_routes()) {
    for (const auto type : {DeviceType::ESME, DeviceType::GSME}) {
      const auto behaviour = behaviour_of(type, state, route.alert);
      EXPECT_TRUE(behaviour.alerts && behaviour.logs) << route.alert;
    }
    if (gbcs::find_alert_route(route.alert, DeviceType::ESME) != &route || route.logged_only()) continue;
    // What is read before anything is set says no other than what is done after something has been set elsewhere.
    DeviceState kept;
    for (const std::uint8_t party : {30, 33}) {
      for (const std::uint8_t settings : {15, 18}) {
        const ObjectKey key{1, {0, party, 97, 98, settings, 255}, 2};
        kept.stored[key.text()] = dlms::write_data(stored_value(DeviceType::ESME, kept, key));
      }
    }
    EXPECT_TRUE(behaviour_of(DeviceType::ESME, kept, route.alert).alerts) << route.alert;
    if (!route.log.empty()) {
      EXPECT_TRUE(behaviour_of(DeviceType::ESME, kept, route.alert).logs) << route.alert;
    }
  }
}

TEST(Behaviours, AnAlertThatIsSwitchedOffIsNotSentButLogged) {
  Switched meter;
  meter.set(30, kAlerts, 0x81A4, false);
  const auto before = meter.device.state().alert_counter;
  const auto raised = meter.raise(0x81A4);
  EXPECT_TRUE(raised.switched_off);
  EXPECT_TRUE(raised.logged);
  EXPECT_TRUE(raised.message.empty());
  EXPECT_EQ(meter.device.state().alert_counter, before);
  EXPECT_EQ(meter.logged(0x81A4), 1u);
  EXPECT_FALSE(meter.raise(0x81A5).message.empty()) << "its neighbour is on";
  meter.set(30, kAlerts, 0x81A4, true);
  EXPECT_FALSE(meter.raise(0x81A4).message.empty());
}

TEST(Behaviours, AnEventWhoseLoggingIsSwitchedOffIsSentButNotLogged) {
  Switched meter;
  meter.set(30, kLogging, 0x81A4, false);
  const auto raised = meter.raise(0x81A4);
  EXPECT_FALSE(raised.switched_off);
  EXPECT_FALSE(raised.logged);
  EXPECT_FALSE(raised.message.empty());
  EXPECT_EQ(meter.logged(0x81A4), 0u);
}

TEST(Behaviours, CommandsAreNoLongerLoggedWhenTheSupplierSaysSo) {
  Switched meter;
  meter.set(30, kAlerts, 0x81A4, true);
  const auto before = meter.logged(0x8154);
  EXPECT_GT(before, 0u);
  meter.set(30, kLogging, 0x8154, false);
  meter.set(30, kAlerts, 0x81A4, true);
  EXPECT_EQ(meter.logged(0x8154), before);
}

TEST(Behaviours, TheNetworkOperatorSwitchesItsOwnAndTheSupplierNotTheseOnes) {
  Switched meter;
  meter.set(30, kAlerts, 0x8114, false);  // the same bit among the supplier's
  EXPECT_FALSE(meter.raise(0x8014).switched_off);
  meter.set(33, kAlerts, 0x8014, false);
  EXPECT_TRUE(meter.raise(0x8014).switched_off);
  EXPECT_FALSE(meter.raise(0x8015).switched_off);
}

TEST(Behaviours, WhatCannotBeSwitchedOffIsSentWhateverIsSet) {
  Switched meter;
  // 811A has no name in 6.22; the others have the bits that 8F0A and 8F1E would have.
  for (const std::uint16_t event : {0x811A, 0x810A, 0x811E}) meter.set(30, kAlerts, event, false);
  EXPECT_TRUE(behaviour_of(DeviceType::ESME, meter.device.state(), 0x811A).alerts);
  EXPECT_FALSE(meter.raise(0x8F0A).message.empty());
  auto outcome = meter.device.take(Bytes{1, 2, 3}, test_time());
  EXPECT_EQ(outcome.alerts.size(), 1u) << "8F1E, a security event";
}

TEST(Behaviours, AnOrderThatIsForcedIsSentAllTheSame) {
  Switched meter;
  meter.set(30, kAlerts, 0x810E, false);
  EXPECT_TRUE(meter.raise(0x810E).switched_off);
  const auto forced = meter.raise(0x810E, {{"force", "yes"}});
  EXPECT_FALSE(forced.switched_off);
  EXPECT_FALSE(forced.message.empty());
  EXPECT_FALSE(meter.device.raise(0x810E, {{"force", "perhaps"}}, test_time()));
}

TEST(Behaviours, OfAGasMeterAreTheBitsOfItsConfiguration) {
  GasMeter meter;
  const auto set = [&](std::uint16_t event, std::uint8_t configuration) {
    const auto now = test_time();
    EXPECT_EQ(
        meter.statuses(
            0x00AD,
            {part(0x0708, 9, 4, wire::Writer().u32_le(1).u32_le(0).u8(configuration).u8(0).u8(1).u16_le(event))}, now),
        std::vector<int>{0});
  };
  set(0x81AA, 0x03);
  set(0x81AB, 0x08);
  const auto only_logged = meter.device.raise(0x81AA, {}, test_time());
  ASSERT_TRUE(only_logged);
  EXPECT_TRUE(only_logged->switched_off && only_logged->logged && only_logged->message.empty());
  const auto only_sent = meter.device.raise(0x81AB, {}, test_time());
  ASSERT_TRUE(only_sent);
  EXPECT_TRUE(!only_sent->switched_off && !only_sent->logged && !only_sent->message.empty());
}

TEST(Behaviours, DevicesWithoutSuchSettingsTellEverything) {
  const DeviceState state;
  for (const auto type : {DeviceType::CHF, DeviceType::GPF, DeviceType::PPMID, DeviceType::HCALCS}) {
    const auto behaviour = behaviour_of(type, state, 0x8071);
    EXPECT_TRUE(behaviour.alerts && behaviour.logs);
  }
}

}  // namespace
}  // namespace meterway::field::test
