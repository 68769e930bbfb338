#include "flow/authorise/authorise.h"

#include "base/util/base64.h"
#include "standard/duis/response_body.h"
#include "standard/duis/sample_body.h"
#include "tests/support/flow_bench.h"
#include "tests/support/registration_rows.h"

namespace meterway::flow::authorise {
namespace {

using registry::DeviceState;
using tests::kBroker;
using tests::kHub;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

const auto kUs = *MarketParticipant::parse("US"), kThem = *MarketParticipant::parse("THEM");
const auto kOurs = Mpxn::mpan(130000000001), kTheirs = Mpxn::mpan(130000000002);

/// Two suppliers, each registered at a point of its own, and the meter at the other's.
class Authorise : public tests::FlowBench {
 protected:
  Authorise() {
    write([&](store::WriteView& view) -> Status {
      for (const auto& [eui, who] : {std::pair{kSupplier, kUs}, std::pair{kOtherSupplier, kThem}}) {
        registry::User user{eui, "supplier", {UserRole::IS, UserRole::ES}, registry::UserState::Live, ""};
        user.participants = {{UserRole::IS, who}};
        METERWAY_CHECK(registry::put_user(view, user));
      }
      METERWAY_CHECK(tests::put_registered(view, kOurs, UserRole::IS, kUs));
      METERWAY_CHECK(tests::put_registered(view, kTheirs, UserRole::IS, kThem));
      METERWAY_CHECK(registry::put_device(view, device(kHub, DeviceType::CHF)));
      auto meter = device(kMeter, DeviceType::ESME);
      meter.details["ImportMPxN"] = kTheirs.text();
      meter.details["PostCode"] = "ZZ9 9ZZ";
      return registry::put_device(view, meter);
    });
  }
  static registry::Device device(Eui64 eui, DeviceType type) {
    registry::Device out;
    out.eui = eui;
    out.type = type;
    out.state = DeviceState::Commissioned;
    out.hub = kHub;
    return out;
  }
  /// Empty when it may be asked; otherwise what the refusal is called.
  std::string ask(const char* variant, Eui64 target, duis::Element body = {}, Eui64 by = kSupplier) {
    const auto* service = duis::find_service(variant);
    VerifiedRequest verified;
    verified.request.id = {by, target, {1000}};
    verified.request.service_reference = service->reference;
    verified.request.service_reference_variant = variant;
    verified.request.command_variant = CommandVariant::SendCommand;
    verified.request.body = std::move(body);
    verified.received.service = duis::WebService::Send;
    const auto done = authorise(std::move(verified), context());
    why_ = done ? std::string() : done.error().detail;
    return done ? std::string() : std::string(name(done.error().why));
  }
  static duis::Element log_update(const char* what, const std::string& point = {}) {
    duis::Element body{"UpdateHANDeviceLog", "", {}, {}};
    body.children.push_back(duis::text_element("DeviceID", kMeter.dashed_upper()));
    body.children.push_back(duis::text_element("RequestType", what));
    if (point.empty()) return body;
    duis::Element add{"AddDeviceToCHFWhitelist", "", {}, {}};
    add.children.push_back(duis::text_element("ImportMPxN", point));
    body.children.push_back(std::move(add));
    return body;
  }
  std::string why_;
};

TEST_F(Authorise, AHubsLogIsChangedOnlyByWhoMayChangeTheDevice) {
  for (const auto* what : {"Add", "Remove"}) {
    EXPECT_EQ(ask("8.11", kHub, log_update(what)), "not_responsible") << what;
    EXPECT_EQ(ask("8.11", kHub, log_update(what, kOurs.text())), "not_responsible") << "although the point is his";
    EXPECT_EQ(ask("8.11", kHub, log_update(what), kOtherSupplier), "");
  }
  EXPECT_EQ(ask("8.11", kHub, log_update("Add", kTheirs.text()), kOtherSupplier), "");
  EXPECT_EQ(ask("8.11", kHub, log_update("Add", kOurs.text()), kOtherSupplier), "not_responsible")
      << "his device, at another's point";
  write([&](store::WriteView& view) { return registry::erase_device(view, kMeter); });
  EXPECT_EQ(ask("8.11", kHub, log_update("Add")), "") << "of one that is not there nothing can be taken";
}

TEST_F(Authorise, ARefusalSaysNothingOfWhereADeviceIs) {
  const std::string hidden[] = {kTheirs.text(), "ZZ9", "THEM", kOtherSupplier.dashed_upper()};
  const auto silent = [&](const char* service, Eui64 target, duis::Element body) {
    EXPECT_EQ(ask(service, target, std::move(body)), "not_responsible");
    for (const auto& secret : hidden) EXPECT_EQ(why_.find(secret), std::string::npos) << service << ": " << why_;
  };
  silent("4.1.1", kMeter, {});
  EXPECT_NE(why_.find(": IS is another"), std::string::npos) << why_;
  silent("8.11", kHub, log_update("Add"));
  silent("8.11", kHub, log_update("Remove"));
}

/// 6.15.1 by the network operator of the meter's point, with certificates of `holder`.
class Replacement : public Authorise {
 protected:
  Replacement() {
    write([&](store::WriteView& view) -> Status {
      registry::User user{kSupplier, "network", {UserRole::ED}, registry::UserState::Live, ""};
      user.participants = {{UserRole::ED, kUs}};
      METERWAY_CHECK(registry::put_user(view, user));
      auto other = user;
      other.eui = kOtherSupplier;
      other.participants = {{UserRole::ED, kThem}};
      METERWAY_CHECK(registry::put_user(view, other));
      return tests::put_registered(view, kTheirs, UserRole::ED, kUs);
    });
  }
  /// The leg that asked for the pre-command, as it is on record.
  registry::RequestRecord first_leg(Eui64 holder) {
    const auto* service = duis::find_service("6.15.1");
    const auto certificate = [&](pki::KeyUse use) { return to_base64(record(holder, use).certificate.der); };
    registry::RequestRecord out;
    out.id = out.header = {kSupplier, kMeter, {1000}};
    out.service_reference = out.service = "6.15.1";
    out.command_variant = CommandVariant::Transform;
    out.document =
        "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" schemaVersion=\"5.4\"><sr:Header>"
        "<sr:RequestID>" +
        out.id.text() +
        "</sr:RequestID><sr:CommandVariant>4</sr:CommandVariant><sr:ServiceReference>6.15</sr:ServiceReference>"
        "<sr:ServiceReferenceVariant>6.15.1</sr:ServiceReferenceVariant></sr:Header><sr:Body>" +
        duis::sample_body(*service,
                          {{"RemotePartyRole", "NetworkOperator"},
                           {"DigitalSigningCertificate", certificate(pki::KeyUse::DigitalSignature)},
                           {"KeyAgreementCertificate", certificate(pki::KeyUse::KeyAgreement)}},
                          {clock.now(), kMeter, false}) +
        "</sr:Body></sr:Request>";
    const auto read = duis::read_request(out.document);
    EXPECT_TRUE(read) << read.error().element << " " << read.error().rule << "\n" << out.document;
    write([&](auto& view) { return registry::put_request(view, out); });
    return out;
  }
  std::string sign() {
    const auto* service = duis::find_service("6.15.1");
    VerifiedRequest verified;
    verified.request.id = {kSupplier, kMeter, {1000}};
    verified.request.service_reference_variant = service->variant;
    verified.request.command_variant = CommandVariant::SendSigned;
    verified.request.body.name = "SignedPreCommand";
    verified.received.service = duis::WebService::Send;
    const auto done = authorise(std::move(verified), context());
    return done ? std::string() : std::string(name(done.error().why));
  }
};

TEST_F(Replacement, IsJudgedByItsCertificatesWhenItComesSignedToo) {
  first_leg(kSupplier);
  EXPECT_EQ(sign(), "");
  first_leg(kOtherSupplier);
  EXPECT_EQ(sign(), "wrong_network_operator") << "registration has named another since the pre-command was made";
}

TEST_F(Replacement, IsJudgedByItsCertificatesAgainBeforeItIsSent) {
  for (const bool is_signed : {false, true}) {
    const auto good = first_leg(kSupplier);
    auto sent = good;
    if (is_signed) {
      sent.leg = registry::Leg::SignedPreCommand;
      sent.document = "<bytes/>";
    }
    EXPECT_TRUE(still_allowed(sent, context()));
    const auto bad = first_leg(kOtherSupplier);
    if (!is_signed) sent = bad;
    const auto refused = still_allowed(sent, context());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().why, Refusal::WrongNetworkOperator);
  }
}

}  // namespace
}  // namespace meterway::flow::authorise
