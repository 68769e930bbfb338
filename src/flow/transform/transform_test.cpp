#include "flow/transform/transform.h"

#include <gtest/gtest.h>

#include "base/util/base64.h"
#include "standard/pki/issue.h"

namespace meterway::flow::transform {
namespace {

using duis::Element;

constexpr Eui64 kBroker{0x1000000000000002};
constexpr Eui64 kSupplier{0x1000000000000010};
constexpr Eui64 kNetwork{0x1000000000000020};
constexpr Eui64 kDevice{0x2000000000000001};

/// A supplier and a network operator with certificates; the supplier has a renewed one for the same key as well.
class Parties : public pki::KeyStore {
 public:
  Parties() {
    const ManualClock clock(from_iso8601("2026-01-01T00:00:00Z").value());
    SeededRandom random(5);
    auto made =
        pki::make_demo_pki({{kSupplier, PartyRole::Supplier, "one"}, {kNetwork, PartyRole::NetworkOperator, "two"}}, {},
                           clock, random)
            .value();
    for (const auto& record : made.records) {
      if (record.certificate.owner() == kSupplier && record.use == pki::KeyUse::KeyAgreement) {
        renewed_ = pki::issue_organisation(made.issuing, {kSupplier, PartyRole::Supplier, "", record.use},
                                           pki::Validity::years(clock.now(), 3), record.certificate.public_key, random)
                       ->der;
      }
    }
    issuing_ = made.issuing.certificate.der;
    records_ = std::move(made.records);
  }
  const crypto::PublicKey* public_key(Eui64 owner, pki::KeyUse use) const override {
    const auto* certificate = find(owner, use);
    return certificate == nullptr ? nullptr : &certificate->public_key;
  }
  const crypto::PrivateKey* private_key(Eui64, pki::KeyUse) const override { return nullptr; }
  ByteView certificate(Eui64 owner, pki::KeyUse use) const override {
    const auto* certificate = find(owner, use);
    return certificate == nullptr ? ByteView() : ByteView(certificate->der);
  }
  const Bytes& renewed() const { return renewed_; }
  const Bytes& issuing() const { return issuing_; }

 private:
  const pki::Certificate* find(Eui64 owner, pki::KeyUse use) const {
    for (const auto& record : records_) {
      if (record.certificate.owner() == owner && record.use == use) return &record.certificate;
    }
    return nullptr;
  }
  std::vector<pki::CertificateRecord> records_;
  Bytes renewed_, issuing_;
};

const Parties& parties() {
  static const Parties world;
  return world;
}

duis::Request request(std::string_view service, const char* body, Eui64 user = kSupplier) {
  duis::Request made;
  made.id = {user, kDevice, {77}};
  made.service_reference_variant = service;
  made.body.name = body;
  return made;
}

Context context(DeviceType type) {
  Context made;
  made.access_control_broker = kBroker;
  made.target_type = type;
  made.dcc_counter = OriginatorCounter{9000};
  made.keys = &parties();
  return made;
}

Element leaf(std::string name, std::string text = "") { return {std::move(name), std::move(text), {}, {}}; }

TEST(Transform, LetsAKnownUserOriginateWithItsOwnCounter) {
  const auto made = transform(request("7.4", "ReadSupplyStatus"), context(DeviceType::ESME)).value();
  EXPECT_EQ(made.use_case, "ECS45");
  EXPECT_FALSE(made.critical);
  EXPECT_EQ(made.message.header.originator, kSupplier);
  EXPECT_EQ(made.message.header.counter.value, 77u);
  EXPECT_EQ(made.message.header.target, kDevice);
  EXPECT_FALSE(made.message.header.supplementary_party);
  EXPECT_EQ(made.message.signature_field, gbcs::SignatureField::Empty);
}

TEST(Transform, MakesAPreCommandOfACriticalRequest) {
  EXPECT_TRUE(transform(request("7.2", "DisableSupply"), context(DeviceType::ESME))->critical);
}

TEST(Transform, AsksAHubInTheNameOfTheBrokerAndNamesTheUser) {
  const auto made =
      transform(request("6.2.4", "ReadDeviceConfigurationIdentityExcMPxN"), context(DeviceType::CHF)).value();
  const auto& header = made.message.header;
  EXPECT_EQ(header.originator, kBroker);
  EXPECT_EQ(header.counter.value, 9000u);
  EXPECT_EQ(header.supplementary_party, kSupplier);
  EXPECT_EQ(header.supplementary_counter->value, 77u);
  EXPECT_TRUE(header.supplementary_certificate.empty());
  auto without = context(DeviceType::CHF);
  without.dcc_counter.reset();
  EXPECT_EQ(transform(request("6.2.4", "ReadDeviceConfigurationIdentityExcMPxN"), without).error().code,
            ErrorCode::BadRequest);
}

TEST(Transform, LetsTheBrokerSignItsOwnReplacementOnAHubAlone) {
  auto asked = request("8.5", "ServiceOptOut");
  const auto certificate = to_base64(parties().renewed());
  asked.body.children = {
      leaf("ExecutionDateTime", "2031-12-01T00:00:00Z"),
      leaf("ACBFloorSeqNumber", "0"),
      {"ReplacementCertificates", "", {}, {leaf("KeyAgreementCertificate", certificate)}},
      {"CertificationPathCertificates", "", {}, {leaf("Certificate", to_base64(parties().issuing()))}},
      leaf("ApplyTimeBasedCPVChecks", "true")};
  for (const auto type : {DeviceType::CHF, DeviceType::ESME, DeviceType::GSME}) {
    const auto made = transform(asked, context(type));
    ASSERT_TRUE(made) << describe(made.error());
    EXPECT_EQ(made->use_case, "CS02b");
    EXPECT_FALSE(made->critical) << "no User signs it";
    EXPECT_EQ(made->signed_by_broker, type == DeviceType::CHF) << "a meter has no signing cell of the broker";
    EXPECT_EQ(made->message.header.originator, kBroker);
  }
}

TEST(Transform, KnowsAnExportReadOfTheNetworkOperatorFromThatOfASupplier) {
  const auto of = [](Eui64 user) {
    return transform(request("4.2", "ReadInstantaneousExportRegisters", user), context(DeviceType::ESME))
        ->message.header.originator;
  };
  EXPECT_EQ(of(kNetwork), kNetwork) << "its credentials are on the meter";
  EXPECT_EQ(of(kSupplier), kBroker) << "an export supplier's are not";
}

TEST(Transform, CarriesTheCertificateOfAnUnknownPartyWhereTheAnswerIsEncrypted) {
  auto asked = request("4.14", "ReadPrepaymentDailyReadLog");
  asked.body.children.push_back(
      {"ReadLogPeriod",
       "",
       {},
       {leaf("StartDateTime", "2026-01-01T00:00:00Z"), leaf("EndDateTime", "2026-01-02T00:00:00Z")}});
  asked.body.children.push_back(leaf("KAPublicSecurityCredentials", to_base64(parties().renewed())));
  auto with = context(DeviceType::ESME);
  const auto held = parties().certificate(kSupplier, pki::KeyUse::KeyAgreement);
  const auto made = transform(asked, with).value();
  EXPECT_EQ(made.message.header.originator, kBroker);
  EXPECT_EQ(made.message.header.supplementary_certificate, Bytes(held.begin(), held.end()))
      << "the repository's for that key";
  with.keys = nullptr;
  EXPECT_EQ(transform(asked, with)->message.header.supplementary_certificate, parties().renewed())
      << "the one handed in";
  asked.service_reference_variant = "4.10";
  asked.body.name = "ReadNetworkData";
  EXPECT_TRUE(transform(asked, with)->message.header.supplementary_certificate.empty()) << "nothing to encrypt";
  asked.body.children.back().text = "AAAA";
  EXPECT_EQ(transform(asked, with).error().code, ErrorCode::BadCertificate);
}

TEST(Transform, RefusesWhatIsNotForTheDeviceOrNotACommand) {
  EXPECT_EQ(transform(request("7.1", "EnableSupply"), context(DeviceType::GSME)).error().code, ErrorCode::Unsupported);
  EXPECT_EQ(transform(request("8.2", "ReadInventory"), context(DeviceType::CHF)).error().code, ErrorCode::Unsupported);
  EXPECT_EQ(transform(request("7.1", "DisableSupply"), context(DeviceType::ESME)).error().code, ErrorCode::BadRequest);
  EXPECT_EQ(transform(request("7.1", "SignedPreCommand"), context(DeviceType::ESME)).error().code,
            ErrorCode::Unsupported);
}

}  // namespace
}  // namespace meterway::flow::transform
