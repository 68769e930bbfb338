#include <gtest/gtest.h>

#include "field/device/test_world.h"
#include "standard/gbcs/alerts.h"

namespace meterway::field::test {
namespace {

using gbcs::AlertProtection;

/// What a person would have to say, as the table's examples have it.
AlertParameters examples(MessageCode message) {
  AlertParameters out;
  for (const auto& parameter : alert_parameters(message)) {
    if (parameter.required) out[std::string(parameter.name)] = parameter.value;
  }
  return out;
}

Eui64 eui_of(DeviceType type) { return Eui64(kEsme.value() + 0x10 + static_cast<std::uint64_t>(type)); }

/// Checks that it is protected for its addressee as the route says; gives the message.
gbcs::Message opened(const Raised& raised) {
  auto message = gbcs::read_message(raised.message);
  EXPECT_TRUE(message);
  const auto& h = message->header;
  EXPECT_EQ(h.kind, gbcs::Kind::Alert);
  EXPECT_EQ(h.code, raised.route->message);
  EXPECT_EQ(h.target, raised.addressee);
  if (raised.route->protection == AlertProtection::Signature) {
    EXPECT_TRUE(gbcs::verify_signature(*message, keys_of(h.originator).signing.public_key()));
    EXPECT_FALSE(message->mac);
  } else {
    const auto key = gbcs::mac_key(h, keys_of(h.target).agreement, keys_of(h.originator).agreement.public_key());
    EXPECT_EQ(message->mac, std::optional(gbcs::compute_mac(*key, h.originator, gbcs::write_signed_part(*message))));
    EXPECT_EQ(message->signature_field, gbcs::SignatureField::Empty);
  }
  return *message;
}

std::uint16_t code_in(const gbcs::Message& message) {
  if (message.content.at(0) == 0x0F) {
    const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(message.content).value()).body;
    return static_cast<std::uint16_t>(body.items.at(0).number);
  }
  if (message.content.at(0) == 0x01) return gbcs::gbz::read_alert(message.content, message.header.code).value().code;
  const auto root = gbcs::asn1::read(message.content).value();
  return static_cast<std::uint16_t>(gbcs::asn1::integer_value(root.items.at(0)).value());
}

TEST(Raise, EveryRowOfTheTableIsRaisedAsItSaysByEveryKindOfDeviceThatItNames) {
  std::map<std::uint16_t, int> raised_codes;
  for (const auto& route : gbcs::alert_routes()) {
    for (const auto type : {DeviceType::ESME, DeviceType::GSME, DeviceType::GPF, DeviceType::CHF, DeviceType::PPMID,
                            DeviceType::HCALCS, DeviceType::SAPC}) {
      if (gbcs::find_alert_route(route.alert, type) != &route) continue;
      SCOPED_TRACE(MessageCode{route.alert}.hex() + " of " + std::string(to_string(type)));
      auto device = make_device(eui_of(type), type);
      auto parameters = examples(route.message);
      // A controller of loads is not delivered with a supplier: whoever raises its alerts says for whom.
      const bool no_supplier = holder(type, PartyRole::Supplier) == Eui64() || type == DeviceType::SAPC ||
                               type == DeviceType::PPMID || type == DeviceType::CHF;
      if (route.to_signer && no_supplier) parameters["to"] = "broker";
      if (!route.to_signer && route.addressee == PartyRole::Supplier && no_supplier) continue;
      const auto raised = device.raise(route.alert, parameters, test_time());
      ASSERT_TRUE(raised) << raised.error();
      ++raised_codes[route.alert];
      EXPECT_EQ(raised->route, &route);
      EXPECT_EQ(raised->message.empty(), route.logged_only());
      EXPECT_EQ(device.state().security_log.back().code, route.alert);
      if (route.logged_only()) continue;
      const auto message = opened(*raised);
      EXPECT_EQ(code_in(message), route.alert);
      EXPECT_EQ(message.header.counter.value, device.state().alert_counter);
    }
  }
  EXPECT_EQ(raised_codes.size(), 189u) << "every alert and event code";
}

TEST(Raise, TwoRecipientsAreAddresseeAndSupplementaryParty) {
  auto meter = make_device(kEsme, DeviceType::ESME);
  const auto raised = meter.raise(0x8F76, {}, test_time());
  ASSERT_TRUE(raised) << raised.error();
  const auto message = opened(*raised);
  EXPECT_EQ(message.header.target, kSupplier);
  EXPECT_EQ(message.header.supplementary_party, kNetwork);
}

TEST(Raise, CountersRiseAndAreTheDevicesOwn) {
  auto meter = make_device(kEsme, DeviceType::ESME);
  const auto first = meter.raise(0x810E, {}, test_time());
  const auto second = meter.raise(0x8F36, {}, test_time());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->counter.value, first->counter.value + 1);
  EXPECT_EQ(first->addressee, kSupplier);
  EXPECT_EQ(second->addressee, kNetwork);
}

TEST(Raise, WhatIsOnlyLoggedSendsNothing) {
  auto meter = make_device(kEsme, DeviceType::ESME);
  const auto raised = meter.raise(0x8F70, {}, test_time());
  ASSERT_TRUE(raised);
  EXPECT_TRUE(raised->message.empty());
  EXPECT_EQ(meter.state().security_log.back().code, 0x8F70);
  EXPECT_EQ(meter.state().alert_counter, 0u);
}

TEST(Raise, BillingDataIsForItsAddresseesEyesAlone) {
  auto meter = make_device(kEsme, DeviceType::ESME);
  const auto raised = meter.raise(0x8F0A, {}, test_time());
  ASSERT_TRUE(raised) << raised.error();
  const auto message = opened(*raised);
  const auto body = std::get<dlms::DataNotification>(dlms::read_apdu(message.content).value()).body;
  ASSERT_EQ(body.items.size(), 4u);
  const auto readings = open_block(message, body.items[3].bytes);
  const auto& entry = readings.items.at(0).items.at(0);
  EXPECT_EQ(entry.items.at(1).number, static_cast<std::int64_t>(meter.state().registers.import_milli / 1000));
  EXPECT_EQ(entry.items.at(2).items.size(), Registers::kTariffs);
}

TEST(Raise, RefusesWhatMakesNoSenseAndChangesNothing) {
  auto meter = make_device(kEsme, DeviceType::ESME);
  auto gas = make_device(kGsme, DeviceType::GSME);
  const auto why = [](Device& device, std::uint16_t alert, const AlertParameters& parameters) {
    const auto raised = device.raise(alert, parameters, test_time());
    return raised ? std::string("raised") : raised.error();
  };
  EXPECT_EQ(why(meter, 0x1234, {}), "no alert has the code 1234");
  EXPECT_EQ(why(gas, 0x8F36, {}), "no GSME raises 8f36");
  EXPECT_EQ(why(meter, 0x8F36, {{"to", "supplier"}}), "the addressee of 8f36 is firm: network_operator");
  EXPECT_EQ(why(meter, 0x8F36, {{"end", "tomorrow"}}), "8f36 parameter end:time cannot be read");
  EXPECT_EQ(why(meter, 0x8F36, {{"phase", "1"}}), "8f36 has no parameter phase, but end, start");
  EXPECT_EQ(why(meter, 0x8F70, {{"phase", "1"}}), "8f70 carries nothing: no alert goes out");
  EXPECT_EQ(why(meter, 0x8F01, {{"to", "00db123456789fff"}}), "the device does not know 00db123456789fff");
  EXPECT_NE(why(meter, 0x8F72, {}).find("wants parameter image_hash:hex32"), std::string::npos);
  EXPECT_EQ(meter.state().alert_counter, 0u);
  EXPECT_TRUE(meter.state().security_log.empty());
}

TEST(Raise, AnUnconfirmedAddresseeCanBeChosen) {
  auto meter = make_device(kEsme, DeviceType::ESME);
  const auto raised = meter.raise(0x8F01, {{"to", "network_operator"}}, test_time());
  ASSERT_TRUE(raised) << raised.error();
  EXPECT_EQ(opened(*raised).header.target, kNetwork);
}

}  // namespace
}  // namespace meterway::field::test
