#include <gtest/gtest.h>

#include <map>

#include "base/util/base64.h"
#include "base/util/hex.h"
#include "flow/transform/payload.h"
#include "records/registry/log_backup.h"
#include "standard/gbcs/asn1.h"
#include "standard/pki/issue.h"
#include "standard/pki/key_store.h"

namespace meterway::flow::transform {
namespace {

using duis::Element;

Element leaf(std::string name, std::string text = "") { return Element{std::move(name), std::move(text), {}, {}}; }
Element node(std::string name, std::vector<Element> children) {
  return Element{std::move(name), "", {}, std::move(children)};
}

struct Ask {
  std::uint16_t code;
  Element body;
  DeviceType target = DeviceType::ESME;
  DeviceType other = DeviceType::Unknown;
  const pki::KeyStore* keys = nullptr;
};

Result<Bytes> build(const Ask& ask) {
  const PayloadInput input{ask.body,
                           "",
                           "",
                           MessageCode{ask.code},
                           Eui64(0x1),
                           Eui64(0x2),
                           OriginatorCounter{0x80},
                           Eui64(0x1),
                           OriginatorCounter{0x80},
                           UtcTime{},
                           "",
                           ask.keys,
                           ask.target,
                           ask.other};
  return build_asn1(input);
}

std::string hex(const Ask& ask) {
  const auto built = build(ask);
  return built ? to_hex(*built) : describe(built.error());
}

TEST(Asn1Payload, FirmwareIsActivatedAtOnceAtATimeOrNever) {
  const std::string hash(64, 'a');
  const auto activate = [&](std::vector<Element> children) {
    children.push_back(leaf("FirmwareHash", hash));
    return hex({0x0012, node("ActivateFirmware", std::move(children))});
  };
  EXPECT_EQ(activate({}),
            "3026"
            "0420" +
                hash + "02020080");
  EXPECT_EQ(activate({leaf("ExecutionDateTime", "2031-02-03T04:05:06.9+01:00")}),
            "3037"
            "0420" +
                hash +
                "02020080"
                "180f"
                "32303331303230333033303530365a");
  EXPECT_EQ(activate({leaf("ExecutionDateTime", "3000-12-31T00:00:00.00Z")}),
            "3037"
            "0420" +
                hash +
                "02020080"
                "180f"
                "39393939313233313233353935395a");
}

TEST(Asn1Payload, TheClockIsSetWithinATolerance) {
  const auto body =
      node("SynchroniseClock", {leaf("CurrentDateTime", "2019-12-31T23:59:50Z"), leaf("TolerancePeriod", "20")});
  EXPECT_EQ(hex({0x007F, body}),
            "3022"
            "180f"
            "32303139313233313233353935305a"
            "180f"
            "32303230303130313030303031305a");
}

TEST(Asn1Payload, CredentialsAreAskedForByRole) {
  const auto body = node("RetrieveDeviceSecurityCredentialsKRP",
                         {leaf("RemotePartyRole", "LoadController"), leaf("RemotePartyRole", "Root"),
                          leaf("RemotePartyRole", "TransCoS")});
  EXPECT_EQ(hex({0x0008, body}),
            "3014"
            "3007"
            "020104"
            "03020308"
            "3009"
            "020108"
            "020100"
            "020105");
}

TEST(Asn1Payload, SimpleContentsAreOneElement) {
  EXPECT_EQ(hex({0x0013, leaf("ReadDeviceLog")}), "0500");
  EXPECT_EQ(hex({0x000F, node("UnjoinServiceCritical", {leaf("OtherDeviceID", "0a-0B-00-00-00-00-00-01")})}),
            "0408"
            "0a0b000000000001");
  EXPECT_EQ(hex({0x000C, node("RetrieveDeviceSecurityCredentialsDevice", {leaf("CredentialType", "Key Agreement")})}),
            "3004"
            "03020308");
}

TEST(Asn1Payload, AJoinNamesTheTypeOfThePartnerFromTheInventoryOrFromTheMethod) {
  const auto body = node("JoinServiceNonCritical", {leaf("OtherDeviceID", "00-00-00-00-00-00-00-09")});
  const std::string id =
      "0408"
      "0000000000000009";
  EXPECT_EQ(hex({0x000D, body}),
            "3010"
            "020100" +
                id + "020104");
  EXPECT_EQ(hex({0x000D, body, DeviceType::ESME, DeviceType::PPMID}),
            "3010"
            "020100" +
                id + "020105");
  EXPECT_EQ(hex({0x000E, body, DeviceType::GSME}),
            "3010"
            "020102" +
                id + "020103");
  EXPECT_EQ(hex({0x000E, body, DeviceType::GPF}),
            "3010"
            "020102" +
                id + "020100");
  EXPECT_EQ(hex({0x000E, body, DeviceType::GPF, DeviceType::CAD}),
            "3010"
            "020102" +
                id + "020106");
  EXPECT_FALSE(build({0x000E, body, DeviceType::ESME}));
}

TEST(Asn1Payload, AGasProxyIsGivenTheLogThatItsPredecessorReported) {
  const auto body = node("RestoreGPFDeviceLog", {leaf("OldGPFID", "00-DB-12-34-56-78-90-B3")});
  const Eui64 anyone(0x1);
  PayloadInput input{.body = body,
                     .service = "8.12.2",
                     .use_case = "GCS59",
                     .code = {0x008C},
                     .originator = anyone,
                     .target = anyone,
                     .counter = {1},
                     .user = anyone,
                     .user_counter = {1},
                     .now = {},
                     .cin = ""};
  EXPECT_FALSE(build_asn1(input)) << "it has reported none";
  const registry::LogBackup log{{}, {{Eui64(0x0011223344556677), {}, 5}, {Eui64(0x8899AABBCCDDEEFF), {}, 6}}, {1}};
  input.log = &log;
  EXPECT_EQ(to_hex(build_asn1(input).value()),
            "3020"
            "301e"
            "300d"
            "04080011223344556677"
            "020105"
            "300d"
            "04088899aabbccddeeff"
            "020106");
}

TEST(Asn1Payload, RefusesAUseCaseWithoutARow) {
  const auto built = build({0x0109, leaf("UpdateSecurityCredentialsKRP")});
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, ErrorCode::Unsupported);
}

/// A world of certificates made for these tests: a supplier's three, a load controller's two, root and authority.
class Asn1Credentials : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ManualClock clock(*from_iso8601("2026-01-01T00:00:00Z"));
    SeededRandom random(1);
    auto made = pki::make_demo_pki({{Eui64(0x51), PartyRole::Supplier, "supplier", true, false},
                                    {Eui64(0x58), PartyRole::LoadController, "controller", false, false}},
                                   {}, clock, random);
    ASSERT_TRUE(made);
    for (const auto& record : made->records) certificates_[pki::key_file_stem(record)] = record.certificate.der;
    certificates_["issuing"] = made->issuing.certificate.der;
    certificates_["root"] = made->root.certificate.der;
  }

  static std::string base64(const std::string& name) { return to_base64(certificates_.at(name)); }
  static std::string der(const std::string& name) { return to_hex(certificates_.at(name)); }

  /// A body like those of 6.15.1: certificates by slot, everything else as given.
  static Element body(const char* role, std::vector<Element> slots, std::vector<Element> before_role = {},
                      std::vector<Element> floors = {}, const char* checks = "true") {
    auto children = std::move(before_role);
    children.push_back(leaf("RemotePartyRole", role));
    children.insert(children.end(), floors.begin(), floors.end());
    children.push_back(
        node("ReplacementCertificates", {node("SupplierOrNetworkOperatorCertificates", std::move(slots))}));
    children.push_back(node("CertificationPathCertificates",
                            {leaf("Certificate", base64("issuing")), leaf("Certificate", base64("root"))}));
    children.push_back(leaf("ApplyTimeBasedCPVChecks", checks));
    return node("UpdateSecurityCredentialsKRP", std::move(children));
  }
  static std::vector<Element> supplier_slots() {
    return {leaf("DigitalSigningCertificate", base64("0000000000000051-ds")),
            leaf("KeyAgreementCertificate", base64("0000000000000051-ka")),
            leaf("KeyAgreementTopUpCertificate", base64("0000000000000051-pp-ka"))};
  }

  static std::map<std::string, Bytes> certificates_;
};
std::map<std::string, Bytes> Asn1Credentials::certificates_;

/// The control (first element) of a built content.
std::string control_of(const Ask& ask) {
  const auto built = build(ask);
  if (!built) return describe(built.error());
  return to_hex(gbcs::asn1::write(gbcs::asn1::read(*built)->items.at(0)));
}

TEST_F(Asn1Credentials, SupplierReplacesItselfCellByCell) {
  const auto built = build({0x0102, body("Supplier", supplier_slots(), {}, {leaf("RemotePartyFloorSeqNumber", "5")})});
  ASSERT_TRUE(built) << describe(built.error());
  const auto content = gbcs::asn1::read(*built, gbcs::asn1::Lengths::Shortest);
  ASSERT_TRUE(content);
  ASSERT_EQ(content->items.size(), 3u);  // control, replacements, path; no activation time
  EXPECT_EQ(to_hex(gbcs::asn1::write(content->items[0])),
            "3013"
            "020102"
            "a207"
            "020102"
            "03020780"
            "83020080"
            "840105");
  const auto& cells = content->items[1].items;
  ASSERT_EQ(cells.size(), 3u);
  const auto written = [](const gbcs::asn1::Node& item) { return to_hex(gbcs::asn1::write(item)); };
  EXPECT_EQ(written(cells[0].items[0]), der("0000000000000051-ds"));
  EXPECT_EQ(written(cells[0].items[1]),
            "3007"
            "020102"
            "03020780");
  EXPECT_EQ(written(cells[1].items[0]), der("0000000000000051-ka"));
  EXPECT_EQ(written(cells[1].items[1]),
            "3007"
            "020102"
            "03020308");
  EXPECT_EQ(written(cells[2].items[0]), der("0000000000000051-pp-ka"));
  EXPECT_EQ(written(cells[2].items[1]),
            "300a"
            "020102"
            "03020308"
            "020101");
  ASSERT_EQ(content->items[2].items.size(), 2u);
  EXPECT_EQ(written(content->items[2].items[0]), der("issuing"));
  EXPECT_EQ(written(content->items[2].items[1]), der("root"));
}

TEST_F(Asn1Credentials, OnlyTheCellsAskedForAreReplaced) {
  const auto built = build({0x0102, body("Supplier", {supplier_slots()[1]})});
  ASSERT_TRUE(built);
  const auto content = gbcs::asn1::read(*built);
  ASSERT_EQ(content->items[1].items.size(), 1u);
  EXPECT_EQ(to_hex(gbcs::asn1::write(content->items[1].items[0].items[1])),
            "3007"
            "020102"
            "03020308");
}

/// Holds one certificate.
class OneCertificate final : public pki::KeyStore {
 public:
  explicit OneCertificate(pki::Certificate held) : held_(std::move(held)) {}
  const crypto::PublicKey* public_key(Eui64 owner, pki::KeyUse use) const override {
    return holds(owner, use) ? &held_.public_key : nullptr;
  }
  const crypto::PrivateKey* private_key(Eui64, pki::KeyUse) const override { return nullptr; }
  ByteView certificate(Eui64 owner, pki::KeyUse use) const override {
    return holds(owner, use) ? ByteView(held_.der) : ByteView();
  }

 private:
  bool holds(Eui64 owner, pki::KeyUse use) const {
    return held_.owner() == owner && use == pki::KeyUse::DigitalSignature;
  }
  pki::Certificate held_;
};

TEST_F(Asn1Credentials, ACertificateThatIsPublishedForTheSameKeyIsCarriedAsPublished) {
  const ManualClock clock(*from_iso8601("2026-01-01T00:00:00Z"));
  SeededRandom random(2);
  const auto pki = pki::make_demo_pki({}, {}, clock, random);
  const auto key = crypto::PrivateKey::generate();
  ASSERT_TRUE(pki && key);
  const auto issue = [&](int years, const crypto::PublicKey& public_key) {
    return pki::issue_organisation(pki->issuing, {Eui64(0x51), PartyRole::Supplier, "", pki::KeyUse::DigitalSignature},
                                   pki::Validity::years(clock.now(), years), public_key, random)
        .value();
  };
  const auto renewed = issue(12, key->public_key());
  const OneCertificate same_key(issue(10, key->public_key())),
      other_key(issue(10, crypto::PrivateKey::generate()->public_key()));
  const auto carried = [&](const pki::KeyStore& repository) {
    const Ask ask{0x0102, body("Supplier", {leaf("DigitalSigningCertificate", to_base64(renewed.der))}),
                  DeviceType::ESME, DeviceType::Unknown, &repository};
    return gbcs::asn1::write(gbcs::asn1::read(*build(ask))->items[1].items[0].items[0]);
  };
  const auto published = same_key.certificate(Eui64(0x51), pki::KeyUse::DigitalSignature);
  EXPECT_EQ(carried(same_key), Bytes(published.begin(), published.end()));
  EXPECT_EQ(carried(other_key), renewed.der);
}

TEST_F(Asn1Credentials, FloorsAreTheNewPartysOwnOrAnotherRoles) {
  const auto floors = std::vector<Element>{leaf("RemotePartyFloorSeqNumber", "9223372036854775807"),
                                           leaf("RemotePartyPrepaymentTopUpFloorSeqNumber", "128")};
  EXPECT_EQ(control_of({0x0102, body("Supplier", supplier_slots(), {}, floors)}),
            "3025"
            "020102"
            "a207"
            "020102"
            "03020780"
            "83020080"
            "84087fffffffffffffff"
            "a509"
            "3007"
            "020100"
            "02020080");
  const auto controller = {leaf("DigitalSigningCertificate", base64("0000000000000058-ds"))};
  EXPECT_EQ(control_of({0x0126, body("LoadController", controller, {}, {leaf("RemotePartyFloorSeqNumber", "1")})}),
            "301a"
            "02010b"
            "a207"
            "020102"
            "03020780"
            "83020080"
            "a608"
            "3006"
            "020108"
            "020101");
  EXPECT_EQ(control_of({0x0126, body("LoadController", controller)}),
            "3010"
            "02010b"
            "a207"
            "020102"
            "03020780"
            "83020080");
}

TEST_F(Asn1Credentials, ALoadControllerReplacesItselfUnderItsOwnKey) {
  const auto slots = {leaf("DigitalSigningCertificate", base64("0000000000000058-ds"))};
  EXPECT_EQ(control_of({0x0125, body("LoadController", slots, {}, {leaf("RemotePartyFloorSeqNumber", "0")})}),
            "3013"
            "02010a"
            "a207"
            "020108"
            "03020780"
            "83020080"
            "840100");
}

TEST_F(Asn1Credentials, TimeChecksAreMentionedOnlyWhenTheyAreLeftOut) {
  EXPECT_EQ(control_of({0x0103, body("NetworkOperator", {supplier_slots()[0]}, {}, {}, "0")}),
            "3013"
            "020103"
            "810101"
            "a207"
            "020103"
            "03020780"
            "83020080");
}

TEST_F(Asn1Credentials, AreReplacedAtATimeOrNever) {
  const auto time_of = [&](const char* date) {
    const auto built = build({0x0102, body("Supplier", supplier_slots(), {leaf("ExecutionDateTime", date)})});
    return built ? to_hex(gbcs::asn1::write(gbcs::asn1::read(*built)->items.at(3))) : describe(built.error());
  };
  EXPECT_EQ(time_of("2031-12-01T00:00:00Z"),
            "180f"
            "32303331313230313030303030305a");
  EXPECT_EQ(time_of("3000-12-31T00:00:00Z"),
            "180f"
            "39393939313233313233353935395a");
}

TEST_F(Asn1Credentials, ABrokerReplacingItselfNamesItsCellOnlyOnAHub) {
  const auto opt_out =
      node("ServiceOptOut",
           {leaf("ExecutionDateTime", "2031-12-01T00:00:00Z"), leaf("ACBFloorSeqNumber", "0"),
            node("ReplacementCertificates", {leaf("KeyAgreementCertificate", base64("0000000000000051-ka"))}),
            node("CertificationPathCertificates", {leaf("Certificate", base64("issuing"))}),
            leaf("ApplyTimeBasedCPVChecks", "true")});
  EXPECT_EQ(control_of({0x0104, opt_out, DeviceType::ESME}),
            "300a"
            "020104"
            "83020080"
            "840100");
  EXPECT_EQ(control_of({0x0104, opt_out, DeviceType::CHF}),
            "3013"
            "020104"
            "a207"
            "020104"
            "03020780"
            "83020080"
            "840100");
  // The DCC keeps this request until its date: the command carries none.
  EXPECT_EQ(gbcs::asn1::read(*build({0x0104, opt_out}))->items.size(), 3u);
}

TEST_F(Asn1Credentials, ARequestThatDoesNotFitItsModeIsRefusedWithTheField) {
  const auto field = [](const Ask& ask) {
    const auto built = build(ask);
    EXPECT_FALSE(built);
    EXPECT_EQ(built.error().code, ErrorCode::BadRequest);
    return std::string(built.error().field);
  };
  EXPECT_EQ(field({0x0103, body("Supplier", supplier_slots())}), "RemotePartyRole");
  EXPECT_EQ(field({0x0102, body("Supplier", {})}), "ReplacementCertificates");
  EXPECT_EQ(field({0x0103, body("NetworkOperator", supplier_slots())}), "KeyAgreementTopUpCertificate");
  EXPECT_EQ(field({0x0102, body("Supplier", {leaf("DigitalSigningCertificate", base64("0000000000000051-ka"))})}),
            "DigitalSigningCertificate");
  EXPECT_EQ(field({0x0102, body("Supplier", {leaf("DigitalSigningCertificate", "AAAA")})}),
            "DigitalSigningCertificate");
  EXPECT_EQ(field({0x0102, body("Supplier", supplier_slots(), {}, {}, "maybe")}), "ApplyTimeBasedCPVChecks");
}

}  // namespace
}  // namespace meterway::flow::transform
