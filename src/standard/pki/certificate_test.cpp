#include "standard/pki/certificate.h"

#include "standard/pki/certificate_form.h"
#include "standard/pki/issue.h"
#include "standard/pki/pem.h"
#include "standard/pki/pem_certificates.h"
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

TEST(Certificate, ReadsEveryOneOfAPemText) {
  SeededRandom random(5);
  const auto validity = Validity::years(*from_iso8601("2026-01-01T00:00:00Z"), 5);
  std::string text;
  for (const auto* name : {"one", "two", "three"}) {
    const auto made = issue_root(name, validity, random).value();
    text += to_pem(made.certificate.der, kPemCertificate);
    if (text.size() < 1500) text.pop_back();  // some writers leave the last line feed out
  }
  const auto all = parse_certificates("a remark\n" + text);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 3u);
  EXPECT_EQ((*all)[2].common_name, "three");
  EXPECT_EQ(parse_certificates("")->size(), 0u);
  EXPECT_FALSE(parse_certificates(text.substr(0, text.size() - 40))) << "the last is cut";
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

/// Another meter's, from the same authority.
Certificate another_device(UtcTime not_before, KeyUse use = KeyUse::DigitalSignature) {
  SeededRandom random(11);
  const DeviceSubject subject{Eui64(0x00DB1234567890B7), use};
  return issue_device(test_pki().issuing, subject, not_before, crypto::PrivateKey::generate()->public_key(), random)
      .value();
}

void expect_alike(const Certificate& a, const Certificate& b, std::size_t at = 0) {
  EXPECT_EQ(a.der, b.der) << at;
  EXPECT_EQ(a.serial, b.serial) << at;
  EXPECT_EQ(a.owner(), b.owner()) << at;
  EXPECT_EQ(a.not_before, b.not_before) << at;
  EXPECT_EQ(a.not_after, b.not_after) << at;
  EXPECT_EQ(a.public_key, b.public_key) << at;
  EXPECT_EQ(a.signature, b.signature) << at;
  EXPECT_EQ(a.signed_part, b.signed_part) << at;
  EXPECT_EQ(a.subject_key_identifier, b.subject_key_identifier) << at;
  EXPECT_EQ(a.authority_key_identifier, b.authority_key_identifier) << at;
  EXPECT_EQ(a.issuer, b.issuer) << at;
  EXPECT_EQ(a.key_usage, b.key_usage) << at;
}

TEST(CertificateForm, ReadsAnotherCertificateAsItsStructureSays) {
  const auto form = CertificateForm::of(test_record(kMeter, KeyUse::DigitalSignature).certificate);
  ASSERT_TRUE(form);
  for (const auto* time : {"2026-02-28T23:59:59Z", "2031-12-01T00:00:00Z", "2024-02-29T12:34:56Z"}) {
    const auto other = another_device(*from_iso8601(time));
    const auto read = form->read(other.der);
    ASSERT_TRUE(read) << time;
    EXPECT_EQ(to_iso8601(read->not_before, 0), time);
    expect_alike(*read, *parse_certificate_by_structure(other.der));
    const auto point = read->public_key.point();
    EXPECT_EQ(form->write({read->serial, read->not_before, *read->device_eui, Bytes(point.begin(), point.end()),
                           read->subject_key_identifier, read->signature}),
              other.der);
  }
  EXPECT_FALSE(form->read(another_device(test_time(), KeyUse::KeyAgreement).der)) << "of another form";
  EXPECT_FALSE(CertificateForm::of(test_record(kSupplier, KeyUse::DigitalSignature).certificate)) << "no device's";
}

TEST(CertificateForm, SaysNothingOfAChangedCertificateThatItsStructureDoesNotSay) {
  const auto form = CertificateForm::of(test_record(kMeter, KeyUse::DigitalSignature).certificate);
  ASSERT_TRUE(form);
  const auto whole = another_device(test_time()).der;
  std::size_t read_alike = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const std::uint8_t bit : {0x01, 0x10, 0x80}) {
      auto changed = whole;
      changed[at] ^= bit;
      const auto quick = form->read(changed);
      if (!quick) continue;
      const auto slow = parse_certificate_by_structure(changed);
      ASSERT_TRUE(slow) << at;
      expect_alike(*quick, *slow, at);
      ++read_alike;
    }
    EXPECT_FALSE(form->read(ByteView(whole).first(at)));
  }
  EXPECT_GT(read_alike, 100u) << "serial number, identifiers and signature are anybody's guess";
}

}  // namespace
}  // namespace meterway::pki
