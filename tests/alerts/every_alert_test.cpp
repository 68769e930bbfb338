// Every row of spec/alert_routes.tsv, from the device to the User's document: raised by an emulated device of each kind
// that the row names, protected as it says, routed by the platform, signed, valid by the schema, its code named; mapped
// as the Message Mapping Catalogue has it.
#include <set>

#include "field/device/device.h"
#include "flow/correlate/correlate.h"
#include "flow/deliver/deliver.h"
#include "flow/envelope/alert_told.h"
#include "standard/duis/response.h"
#include "standard/duis/schema.h"
#include "standard/duis/signature.h"
#include "standard/gbcs/alerts.h"
#include "standard/gbcs/document.h"
#include "standard/gbcs/protect.h"
#include "standard/mmc/mmc.h"
#include "tests/support/flow_bench.h"

namespace meterway {
namespace {

using gbcs::AlertProtection;
using gbcs::AlertRoute;
using pki::KeyUse;
using tests::kBroker;
using tests::kHub;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

constexpr Eui64 kNetworkOperator = kOtherSupplier;  // a party with keys, here in the other role
constexpr Eui64 kWanProvider{0x90B3D51F30000007}, kLoadController{0x90B3D51F30010008}, kNeighbour{0x00DB1234567890AF};
constexpr DeviceType kTypes[] = {DeviceType::ESME,  DeviceType::GSME,   DeviceType::GPF, DeviceType::CHF,
                                 DeviceType::PPMID, DeviceType::HCALCS, DeviceType::SAPC};

class EveryAlert : public tests::FlowBench {
 protected:
  EveryAlert() {
    for (const auto eui : {kSupplier, kNetworkOperator, kLoadController}) {
      registry::User user;
      user.eui = eui;
      user.roles = {UserRole::IS};
      write([&](auto& view) { return registry::put_user(view, user); });
    }
  }

  static field::TrustAnchors anchors() {
    field::TrustAnchors out;
    const auto put = [&](PartyRole role, Eui64 holder) {
      for (const auto use : {KeyUse::DigitalSignature, KeyUse::KeyAgreement})
        out.put({role, use, holder, record(holder, use).certificate.public_key, {}});
    };
    put(PartyRole::Supplier, kSupplier);
    put(PartyRole::NetworkOperator, kNetworkOperator);
    put(PartyRole::AccessControlBroker, kBroker);
    // Neither has a key in this world, and neither's is needed: what goes to them is signed.
    const auto key = record(kSupplier, KeyUse::DigitalSignature).certificate.public_key;
    out.put({PartyRole::WanProvider, KeyUse::DigitalSignature, kWanProvider, key, {}});
    out.put({PartyRole::LoadController, KeyUse::DigitalSignature, kLoadController, key, {}});
    return out;
  }
  field::Device device(DeviceType type) {
    // Whoever is responsible for the meter behind the hub hears of what the hub and its display say. Each time anew:
    // 8F12 moves it.
    registry::Device meter;
    meter.eui = kNeighbour;
    meter.type = DeviceType::ESME;
    meter.hub = kHub;
    meter.responsible = {{UserRole::IS, kSupplier, {}, {}}, {UserRole::ED, kNetworkOperator, {}, {}}};
    write([&](auto& view) { return registry::put_device(view, meter); });
    registry::Device entry;
    entry.eui = kMeter;
    entry.type = type;
    entry.hub = kHub;
    write([&](auto& view) { return registry::put_device(view, entry); });
    field::DeviceState state;
    state.registers.read_at = clock.now();
    state.alert_counter = ++counter_ * 1000;
    state.device_log.push_back({kNeighbour, {}, {}, {}});
    return field::Device(
        {kMeter, type, secret(kMeter, KeyUse::DigitalSignature), secret(kMeter, KeyUse::KeyAgreement), kHub}, anchors(),
        field::LoadProfile(field::Fuel::Electricity, 1), std::move(state));
  }
  static field::AlertParameters examples(MessageCode message) {
    field::AlertParameters out;
    for (const auto& parameter : field::alert_parameters(message)) {
      if (parameter.required) out[std::string(parameter.name)] = parameter.value;
    }
    return out;
  }
  static std::set<Eui64> expected(const AlertRoute& route) {
    std::set<Eui64> out;
    const auto told = flow::told_by(route, {});
    const auto user_of = [](PartyRole role) {
      return role == PartyRole::NetworkOperator  ? kNetworkOperator
             : role == PartyRole::LoadController ? kLoadController
                                                 : kSupplier;
    };
    if (told.addressee) out.insert(user_of(route.addressee));
    if (told.addressee && route.second != PartyRole::Other) out.insert(user_of(route.second));
    if ((told.roles & duis::role_bit(UserRole::IS)) != 0) out.insert(kSupplier);
    if ((told.roles & duis::role_bit(UserRole::ED)) != 0) out.insert(kNetworkOperator);
    return out;
  }
  void expect_protected(const gbcs::Message& message, const AlertRoute& route) {
    EXPECT_EQ(message.header.code, route.message);
    if (route.protection == AlertProtection::Signature) {
      EXPECT_TRUE(gbcs::verify_signature(message, record(kMeter, KeyUse::DigitalSignature).certificate.public_key));
      EXPECT_FALSE(message.mac);
      return;
    }
    const auto key = gbcs::mac_key(message.header, secret(message.header.target, KeyUse::KeyAgreement),
                                   record(kMeter, KeyUse::KeyAgreement).certificate.public_key);
    ASSERT_TRUE(key);
    EXPECT_EQ(message.mac, std::optional(gbcs::compute_mac(*key, kMeter, gbcs::write_signed_part(message))));
  }
  /// What Parse & Correlate software would make of it is valid by its own schema.
  static void expect_mapped(const Bytes& message) {
    const auto text = mmc::to_mmc(message, {});
    ASSERT_TRUE(text) << describe(text.error());
    const auto document = xml::Document::parse(*text);
    ASSERT_TRUE(document) << *text;
    const auto valid = duis::validate_mapped(*document);
    EXPECT_TRUE(valid) << valid.error().element << ": " << valid.error().rule << "\n" << *text;
  }
  void expect_told(const flow::deliver::Place& place, std::uint16_t alert, const Bytes& message) {
    const auto letter = read<std::optional<flow::deliver::Letter>>(
        [&](const auto& view) { return flow::deliver::read_letter(view, place); });
    ASSERT_TRUE(letter);
    const auto document = xml::Document::parse(letter->document);
    ASSERT_TRUE(document);
    const auto& signer = context().signer.certificate;
    EXPECT_TRUE(duis::check_signature(*document, [&](const duis::CertificateName&) { return &signer.public_key; }));
    const auto response = duis::read_response(*document);
    ASSERT_TRUE(response) << response.error().element;
    EXPECT_EQ(response->code, "I0");
    EXPECT_EQ(response->body.name, "DeviceAlertMessage");
    const auto code = MessageCode{alert}.hex();
    EXPECT_TRUE(std::equal(code.begin(), code.end(), response->body.text_at("AlertCode").begin(),
                           response->body.text_at("AlertCode").end(),
                           [](char a, char b) { return std::toupper(a) == b; }));
    EXPECT_EQ(response->gbcs_payload(), message);
  }

  std::uint64_t counter_ = 0;
};

TEST_F(EveryAlert, IsRaisedProtectedRoutedSignedAndNamedAsItsRowSays) {
  std::set<std::uint16_t> alerts, events;
  std::size_t told = 0;
  for (const auto& route : gbcs::alert_routes()) {
    for (const auto type : kTypes) {
      if (gbcs::find_alert_route(route.alert, type) != &route) continue;
      SCOPED_TRACE(MessageCode{route.alert}.hex() + " of " + std::string(to_string(type)));
      auto unit = device(type);
      const auto raised = unit.raise(route.alert, examples(route.message), clock.now());
      ASSERT_TRUE(raised) << raised.error();
      (raised->message.empty() ? events : alerts).insert(route.alert);
      EXPECT_EQ(raised->message.empty(), route.logged_only());
      if (route.logged_only()) continue;
      const auto message = gbcs::read_message(raised->message);
      ASSERT_TRUE(message);
      expect_protected(*message, route);
      const auto named = gbcs::to_text(raised->message, nullptr);
      ASSERT_TRUE(named);
      const bool asn1 = message->content[0] == 0x30;  // there the code is an INTEGER, named beside the document's code
      EXPECT_TRUE(asn1 || named->find(gbcs::alert_name(route.alert)) != std::string::npos) << *named;

      expect_mapped(raised->message);

      auto outcome = flow::correlate::correlate({kHub, kMeter, raised->message, clock.now()}, context());
      ASSERT_TRUE(outcome) << outcome.error().hop.detail;
      const auto& event = outcome->hops.front().detail;
      EXPECT_NE(event.find(gbcs::alert_name(route.alert)), std::string::npos) << event;
      EXPECT_EQ(event.find("unconfirmed") != std::string::npos, route.sure != gbcs::AlertSure::Firm) << event;
      const auto places = flow::deliver::store_outcome(std::move(*outcome), context());
      ASSERT_TRUE(places);
      std::set<Eui64> users;
      for (const auto& place : *places) {
        users.insert(place.id.user);
        expect_told(place, route.alert, raised->message);
        ++told;
      }
      EXPECT_EQ(users, expected(route));
    }
  }
  EXPECT_EQ(alerts.size(), 170u);
  EXPECT_EQ(events.size(), 19u) << "codes that are logged and told to nobody";
  EXPECT_GT(told, 250u);
}

}  // namespace
}  // namespace meterway
