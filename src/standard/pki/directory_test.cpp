#include "standard/pki/directory.h"

#include "standard/pki/test_pki.h"
#include "tests/support/reference.h"

namespace meterway::pki {
namespace {

CertificateDirectory& fill(CertificateDirectory& directory) {
  for (const auto& record : test_pki().records) EXPECT_TRUE(directory.add(record));
  return directory;
}

TEST(CertificateDirectory, FindsBySerialNumberAndOwner) {
  CertificateDirectory directory;
  fill(directory);
  const auto& record = test_record(kSupplier, KeyUse::PrepaymentKeyAgreement);
  const auto found = directory.find(record.certificate.serial);
  ASSERT_TRUE(found.record);
  EXPECT_EQ(found.record->certificate.der, record.certificate.der);
  EXPECT_EQ(found.status, CertificateStatus::InUse);
  EXPECT_EQ(directory.of(kSupplier).size(), 4u);
  EXPECT_EQ(directory.of(kMeter).size(), 2u);
  EXPECT_TRUE(directory.of(Eui64(1)).empty());
  EXPECT_FALSE(directory.find(SmkiSerial::from_decimal("1").value()).record);
}

TEST(CertificateDirectory, HasOneCertificateInUseOfEachOwnerAndUse) {
  const auto later = later_generation(kSupplier, PartyRole::Supplier, KeyUse::DigitalSignature, 1);
  const auto& first = test_record(kSupplier, KeyUse::DigitalSignature);
  for (const bool later_comes_first : {false, true}) {
    CertificateDirectory directory;
    if (later_comes_first) {
      ASSERT_TRUE(directory.add(later));
    }
    fill(directory);
    ASSERT_TRUE(directory.add(later));
    EXPECT_EQ(directory.in_use(kSupplier, KeyUse::DigitalSignature)->certificate.serial, first.certificate.serial);
    EXPECT_EQ(directory.find(later.certificate.serial).status, CertificateStatus::NotInUse);

    ASSERT_TRUE(directory.put_in_use(later.certificate.serial));
    EXPECT_EQ(directory.in_use(kSupplier, KeyUse::DigitalSignature)->certificate.serial, later.certificate.serial);
    EXPECT_EQ(directory.find(first.certificate.serial).status, CertificateStatus::NotInUse);
  }
}

TEST(CertificateDirectory, PutsTheNextInUseWhenOneIsRevoked) {
  CertificateDirectory directory;
  fill(directory);
  const auto later = later_generation(kSupplier, PartyRole::Supplier, KeyUse::DigitalSignature, 1);
  ASSERT_TRUE(directory.add(later));
  const auto first = test_record(kSupplier, KeyUse::DigitalSignature).certificate.serial;
  ASSERT_TRUE(directory.revoke(first));
  EXPECT_EQ(directory.find(first).status, CertificateStatus::Revoked);
  EXPECT_EQ(directory.in_use(kSupplier, KeyUse::DigitalSignature)->certificate.serial, later.certificate.serial);
  EXPECT_EQ(directory.put_in_use(first).error().code, ErrorCode::Revoked);
  EXPECT_EQ(directory.revoke(SmkiSerial::from_decimal("1").value()).error().code, ErrorCode::NotFound);
}

TEST(CertificateDirectory, SignsXmlWithTheCertificateForItOrElseWithTheOrdinaryOne) {
  CertificateDirectory directory;
  fill(directory);
  EXPECT_EQ(directory.xml_signer(kSupplier)->certificate.role, PartyRole::XmlSigning);
  EXPECT_EQ(directory.xml_signer(kBroker)->certificate.role, PartyRole::DspXmlSigning);
  EXPECT_EQ(directory.xml_signer(kMeter)->use, KeyUse::DigitalSignature);
}

TEST(CertificateDirectory, RefusesTwoCertificatesWithOneSerialNumberAndStrangeKeys) {
  CertificateDirectory directory;
  fill(directory);
  auto other = test_record(kSupplier, KeyUse::KeyAgreement);
  other.certificate.serial = test_record(kMeter, KeyUse::KeyAgreement).certificate.serial;
  EXPECT_EQ(directory.add(other).error().code, ErrorCode::Conflict);
  auto strange = later_generation(kSupplier, PartyRole::Supplier, KeyUse::DigitalSignature, 2);
  strange.private_key = crypto::PrivateKey::generate().value();
  EXPECT_EQ(directory.add(strange).error().code, ErrorCode::Conflict);
  EXPECT_EQ(directory.add({test_pki().root.certificate, KeyUse::DigitalSignature, "", {}}).error().code,
            ErrorCode::BadCertificate);
}

TEST(CertificateDirectory, CompletesACertificateThatComesAgainWithItsKey) {
  CertificateDirectory directory;
  auto bare = test_record(kSupplier, KeyUse::KeyAgreement);
  bare.private_key.reset();
  ASSERT_TRUE(directory.add(bare));
  ASSERT_TRUE(directory.add(test_record(kSupplier, KeyUse::KeyAgreement)));
  EXPECT_EQ(directory.size(), 1u);
  EXPECT_TRUE(directory.in_use(kSupplier, KeyUse::KeyAgreement)->private_key);
}

TEST(CertificateDirectory, IsAKeyStore) {
  auto directory = std::make_shared<CertificateDirectory>();
  fill(*directory);
  const auto store = key_store_of(directory);
  const auto& record = test_record(kBroker, KeyUse::KeyAgreement);
  ASSERT_NE(store->private_key(kBroker, KeyUse::KeyAgreement), nullptr);
  EXPECT_EQ(*store->public_key(kBroker, KeyUse::KeyAgreement), record.certificate.public_key);
  EXPECT_EQ(store->certificate(kBroker, KeyUse::KeyAgreement).size(), record.certificate.der.size());
  EXPECT_EQ(store->public_key(kBroker, KeyUse::PrepaymentKeyAgreement), nullptr);
}

TEST(CertificateDirectory, TakesTheFirstGenerationOfTheReferenceCertificates) {
  METERWAY_NEEDS_REFERENCE();
  CertificateDirectory directory;
  ASSERT_TRUE(add_certificate_folder(directory, tests::reference_path() / "keystore/xmlsign"));
  EXPECT_EQ(directory.in_use(kSupplier, KeyUse::DigitalSignature)->name, "Z1-supplier-ds");
  EXPECT_EQ(directory.in_use(kBroker, KeyUse::DigitalSignature)->name, "Z1-accessControlBroker-ds");
  EXPECT_EQ(directory.xml_signer(kSupplier)->name, "xml-sign-90B3D51F30010000-ds");
}

}  // namespace
}  // namespace meterway::pki
