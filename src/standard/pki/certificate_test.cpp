#include "standard/pki/certificate.h"

#include "standard/pki/pem.h"
#include "standard/pki/test_pki.h"

namespace meterway::pki {
namespace {

TEST(Certificate, OfAnOrganisationSaysRoleAndEui) {
  const Certificate& certificate = test_record(kSupplier, KeyUse::DigitalSignature).certificate;
  EXPECT_EQ(certificate.version, 3);
  EXPECT_EQ(certificate.issuer, "CN=Meterway demo,OU=07");
  EXPECT_EQ(certificate.common_name, "SUPPLIER");
  EXPECT_EQ(certificate.organisational_unit, "02");
  EXPECT_EQ(certificate.role, PartyRole::Supplier);
  EXPECT_EQ(certificate.owner(), kSupplier);
  EXPECT_FALSE(certificate.is_device());
  EXPECT_EQ(certificate.key_usage, kUsageDigitalSignature);
  EXPECT_FALSE(certificate.authority.has_value());
}

TEST(Certificate, OfADeviceHasNoSubjectButAHardwareModuleName) {
  const Certificate& certificate = test_record(kMeter, KeyUse::KeyAgreement).certificate;
  EXPECT_EQ(certificate.subject, "");
  EXPECT_EQ(certificate.device_eui, kMeter);
  EXPECT_TRUE(certificate.alternative_name_critical);
  EXPECT_EQ(certificate.key_usage, kUsageKeyAgreement);
  EXPECT_EQ(to_iso8601(certificate.not_after, 0), "9999-12-31T23:59:59Z");
}

TEST(Certificate, ReadsAlikeFromPemAndDer) {
  const Certificate& certificate = test_record(kSupplier, KeyUse::KeyAgreement).certificate;
  const std::string pem = to_pem(certificate.der, kPemCertificate);
  const auto again = parse_certificate({reinterpret_cast<const std::uint8_t*>(pem.data()), pem.size()});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->der, certificate.der);
  EXPECT_EQ(again->serial, certificate.serial);
}

TEST(Certificate, IsSignedByItsIssuerAndNobodyElse) {
  const DemoPki& pki = test_pki();
  for (const auto& record : pki.records) {
    EXPECT_TRUE(record.certificate.is_signed_by(pki.issuing.certificate));
    EXPECT_FALSE(record.certificate.is_signed_by(pki.root.certificate));
  }
  EXPECT_TRUE(pki.issuing.certificate.is_signed_by(pki.root.certificate));
  EXPECT_TRUE(pki.root.certificate.is_signed_by(pki.root.certificate));
}

TEST(Certificate, WithAChangedByteIsRefusedOrNoLongerSigned) {
  const Certificate& certificate = test_record(kMeter, KeyUse::DigitalSignature).certificate;
  for (std::size_t at = 0; at < certificate.der.size(); ++at) {
    Bytes changed = certificate.der;
    changed[at] ^= 0x01;
    const auto read = parse_certificate(changed);
    EXPECT_FALSE(read && read->is_signed_by(test_pki().issuing.certificate)) << at;
  }
}

TEST(Certificate, IsRefusedAtEveryTruncation) {
  const Bytes& whole = test_record(kSupplier, KeyUse::DigitalSignature).certificate.der;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_certificate(ByteView(whole).first(size))) << size;
  }
}

TEST(Certificate, IsRefusedWithBytesAfterItOrWhenTooLarge) {
  Bytes more = test_record(kSupplier, KeyUse::DigitalSignature).certificate.der;
  more.push_back(0);
  EXPECT_EQ(parse_certificate(more).error().code, ErrorCode::TrailingBytes);
  EXPECT_EQ(parse_certificate(Bytes(kMaxCertificateBytes + 1)).error().code, ErrorCode::TooLarge);
}

TEST(Certificate, NamesAreTheSameWithABlankAfterTheComma) {
  EXPECT_TRUE(same_name("CN=Z1,OU=07", "CN=Z1, OU=07"));
  EXPECT_FALSE(same_name("CN=Z1,OU=07", "OU=07,CN=Z1"));
  EXPECT_FALSE(same_name("CN=Z 1,OU=07", "CN=Z1,OU=07"));
}

}  // namespace
}  // namespace meterway::pki
