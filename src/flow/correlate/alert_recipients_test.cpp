#include "flow/correlate/alert_recipients.h"

#include "flow/correlate/correlate.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/protect.h"
#include "tests/support/flow_bench.h"

namespace meterway::flow::correlate {
namespace {

using gbcs::dlms::Data;
using gbcs::dlms::Type;
using pki::KeyUse;
using tests::kBroker;
using tests::kHub;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

constexpr Eui64 kNeighbour{0x00DB1234567890AF};  // a meter behind the same hub, when kMeter plays the hub

class AlertRoad : public tests::FlowBench {
 protected:
  AlertRoad() {
    for (const auto eui : {kSupplier, kOtherSupplier}) {
      registry::User user;
      user.eui = eui;
      user.roles = {UserRole::IS, UserRole::ED};
      write([&](auto& view) { return registry::put_user(view, user); });
    }
  }
  void known_as(DeviceType type) {
    registry::Device device;
    device.eui = kMeter;
    device.type = type;
    device.state = registry::DeviceState::Commissioned;
    device.hub = type == DeviceType::CHF ? kMeter : kHub;
    write([&](auto& view) { return registry::put_device(view, device); });
    device.eui = kNeighbour;
    device.type = DeviceType::ESME;
    device.responsible = {{UserRole::IS, kOtherSupplier, {}, {}}, {UserRole::ED, kSupplier, {}, {}}};
    write([&](auto& view) { return registry::put_device(view, device); });
  }
  static gbcs::Message alert(std::uint16_t code, std::uint16_t message, Eui64 target) {
    gbcs::Message out;
    out.header = {gbcs::Kind::Alert, {2000}, kMeter, target, {}, {message}, {}, {}, {}, {}};
    const Bytes time(12, 0);
    out.content = gbcs::dlms::write_apdu(gbcs::dlms::DataNotification{
        gbcs::dlms::invoke_id({2000}), Data::structure({Data::of(Type::Uint16, code), Data::octets(time)})});
    return out;
  }
  Result<Outcome, Unmatched> take(gbcs::Message message, bool sign) {
    if (sign) {
      EXPECT_TRUE(gbcs::sign(message, secret(kMeter, KeyUse::DigitalSignature)));
    } else {
      EXPECT_TRUE(gbcs::add_mac(message, secret(kMeter, KeyUse::KeyAgreement),
                                record(message.header.target, KeyUse::KeyAgreement).certificate.public_key));
    }
    return correlate({kHub, kMeter, gbcs::write_message(message), clock.now()}, context());
  }
};

TEST_F(AlertRoad, AFirmAlertGoesToItsAddresseeAndIsNamedInTheTrace) {
  known_as(DeviceType::ESME);
  const auto out = take(alert(0x8F3F, 0x1000, kSupplier), true);
  ASSERT_TRUE(out) << out.error().hop.detail;
  EXPECT_EQ(out->user, kSupplier);
  EXPECT_TRUE(out->also.empty());
  EXPECT_NE(out->hops.front().detail.find("Unauthorised Physical Access"), std::string::npos);
  EXPECT_EQ(out->hops.front().detail.find("unconfirmed"), std::string::npos);
}

TEST_F(AlertRoad, AnUnconfirmedRouteIsSaidToBeOne) {
  known_as(DeviceType::ESME);
  const auto out = take(alert(0x8F01, 0x1000, kSupplier), true);
  ASSERT_TRUE(out) << out.error().hop.detail;
  EXPECT_EQ(out->user, kSupplier);
  EXPECT_NE(out->hops.front().detail.find("its route is unconfirmed"), std::string::npos);
}

TEST_F(AlertRoad, AFirmRowThatDemandsASignatureRefusesAnAlertWithoutOne) {
  known_as(DeviceType::ESME);
  const auto out = take(alert(0x8F3F, 0x1001, kSupplier), false);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().hop.outcome, "refused");
  EXPECT_NE(out.error().hop.detail.find("without the device's signature"), std::string::npos);
}

TEST_F(AlertRoad, AnAlertForTwoGoesToBoth) {
  known_as(DeviceType::ESME);
  auto message = alert(0x8F76, 0x1000, kSupplier);
  message.header.supplementary_party = kOtherSupplier;
  const auto out = take(std::move(message), true);
  ASSERT_TRUE(out) << out.error().hop.detail;
  EXPECT_EQ(out->user, kSupplier);
  ASSERT_EQ(out->also.size(), 1u);
  EXPECT_EQ(out->also[0].user, kOtherSupplier);
}

TEST_F(AlertRoad, AHubsAlertToTheBrokerIsPassedOnToThoseResponsibleForItsMeters) {
  known_as(DeviceType::CHF);
  registry::Device meter;
  meter.eui = kNeighbour;
  meter.type = DeviceType::ESME;
  meter.hub = kMeter;
  meter.responsible = {{UserRole::IS, kOtherSupplier, {}, {}}, {UserRole::RSA, kSupplier, {}, {}}};
  write([&](auto& view) { return registry::put_device(view, meter); });
  const auto out = take(alert(0x8F20, 0x0110, kBroker), false);
  ASSERT_TRUE(out) << out.error().hop.detail;
  EXPECT_FALSE(out->user) << "the broker is no User";
  ASSERT_EQ(out->also.size(), 1u) << "an agent is not told of radio";
  EXPECT_EQ(out->also[0].user, kOtherSupplier);
  EXPECT_EQ(out->also[0].response_id, (RequestId{kMeter, kOtherSupplier, {2000}}));
  EXPECT_NE(out->hops.front().detail.find("who is told of it is unconfirmed"), std::string::npos);
}

TEST_F(AlertRoad, ConfigurationSaysWhoIsToldOfWhatIsNotFirm) {
  known_as(DeviceType::ESME);
  registry::Device meter;
  meter.eui = kMeter;
  meter.type = DeviceType::ESME;
  meter.hub = kHub;
  meter.responsible = {{UserRole::ED, kOtherSupplier, {}, {}}};
  write([&](auto& view) { return registry::put_device(view, meter); });
  ASSERT_TRUE(set_alert_told(settings.alert_routes, "8f01", "ED"));
  const auto out = take(alert(0x8F01, 0x1000, kSupplier), true);
  ASSERT_TRUE(out) << out.error().hop.detail;
  EXPECT_FALSE(out->user) << "the addressee is not among those";
  ASSERT_EQ(out->also.size(), 1u);
  EXPECT_EQ(out->also[0].user, kOtherSupplier);
  ASSERT_TRUE(set_alert_told(settings.alert_routes, "8f01", ""));
  const auto kept = take(alert(0x8F01, 0x1000, kSupplier), true);
  ASSERT_TRUE(kept) << "it is kept, and nobody is told";
  EXPECT_FALSE(kept->user);
  EXPECT_TRUE(kept->also.empty());
}

TEST_F(AlertRoad, AnAlertForTheWanProviderIsNoStrangers) {
  known_as(DeviceType::CHF);
  const auto out = take(alert(0x8F75, 0x1000, Eui64(0x90B3D51F30000007)), true);
  ASSERT_TRUE(out) << out.error().hop.detail;
  EXPECT_FALSE(out->user);
}

TEST_F(AlertRoad, ADeviceThatTheInventoryDoesNotKnowIsHeardByItsAddressee) {
  const auto out = take(alert(0x8F3F, 0x1000, kSupplier), true);
  ASSERT_TRUE(out) << out.error().hop.detail;
  EXPECT_EQ(out->user, kSupplier);
  EXPECT_NE(out->hops.front().detail.find("no row says who is told"), std::string::npos);
}

}  // namespace
}  // namespace meterway::flow::correlate
