#include "records/registry/certificates.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/wire/writer.h"
#include "standard/pki/issue.h"
#include "standard/pki/test_pki.h"

namespace meterway::registry {
namespace {

using pki::CertificateDirectory;
using pki::CertificateStatus;
using pki::KeyUse;
using pki::later_generation;
using pki::test_record;

class Certificates : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("meterway_certificates_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    auto opened = store::open_sqlite((folder_ / "store.db").string());
    ASSERT_TRUE(opened) << describe(opened.error());
    store_ = std::move(*opened);
    directory_.set_source(certificate_source(*store_), 8);
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Status change(const std::function<Status(store::WriteView&)>& work) {
    auto done = store_->write(work);
    directory_.forget_all();
    return done;
  }
  void add(const pki::CertificateRecord& record) {
    EXPECT_TRUE(change([&](store::WriteView& view) -> Status {
      const auto added = add_certificate(view, record.certificate, record.use, record.name);
      return added ? Status() : Status(Unexpected{added.error()});
    }));
  }

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  CertificateDirectory directory_;
};

TEST_F(Certificates, AreReadFromTheStoreWhenTheyAreAskedFor) {
  for (const auto& record : pki::test_pki().records) add(record);
  const auto& record = test_record(pki::kSupplier, KeyUse::PrepaymentKeyAgreement);
  const auto found = directory_.find(record.certificate.serial);
  ASSERT_TRUE(found.record);
  EXPECT_EQ(found.record->certificate.der, record.certificate.der);
  EXPECT_EQ(found.record->use, KeyUse::PrepaymentKeyAgreement);
  EXPECT_EQ(found.status, CertificateStatus::InUse);
  EXPECT_FALSE(found.record->private_key) << "no private key is ever kept";
  EXPECT_EQ(directory_.of(pki::kSupplier).size(), 4u);
  ASSERT_TRUE(directory_.in_use(pki::kMeter, KeyUse::KeyAgreement));
  EXPECT_EQ(directory_.in_use(pki::kMeter, KeyUse::KeyAgreement), directory_.in_use(pki::kMeter, KeyUse::KeyAgreement))
      << "read once, then remembered";
  EXPECT_FALSE(directory_.in_use(Eui64(1), KeyUse::KeyAgreement));
}

TEST_F(Certificates, HaveTheSameOneInUseAsADirectoryInMemory) {
  const auto later = later_generation(pki::kSupplier, PartyRole::Supplier, KeyUse::DigitalSignature, 1);
  const auto& first = test_record(pki::kSupplier, KeyUse::DigitalSignature);
  add(later);
  EXPECT_EQ(directory_.find(later.certificate.serial).status, CertificateStatus::InUse);
  add(first);
  EXPECT_EQ(directory_.find(later.certificate.serial).status, CertificateStatus::NotInUse) << "the oldest is in use";
  EXPECT_EQ(directory_.in_use(pki::kSupplier, KeyUse::DigitalSignature)->certificate.serial, first.certificate.serial);
  ASSERT_TRUE(change([&](auto& view) { return put_certificate_in_use(view, later.certificate.serial); }));
  EXPECT_EQ(directory_.in_use(pki::kSupplier, KeyUse::DigitalSignature)->certificate.serial, later.certificate.serial);
  ASSERT_TRUE(change([&](auto& view) { return revoke_certificate(view, later.certificate.serial); }));
  EXPECT_EQ(directory_.in_use(pki::kSupplier, KeyUse::DigitalSignature)->certificate.serial, first.certificate.serial)
      << "the next takes its place";
  EXPECT_EQ(directory_.find(later.certificate.serial).status, CertificateStatus::Revoked);
  EXPECT_EQ(change([&](auto& view) { return put_certificate_in_use(view, later.certificate.serial); }).error().code,
            ErrorCode::Revoked);
}

TEST_F(Certificates, AddingTwiceIsHarmlessAndAnotherWithTheSameSerialIsRefused) {
  const auto& record = test_record(pki::kMeter, KeyUse::KeyAgreement);
  add(record);
  add(record);
  EXPECT_EQ(directory_.of(pki::kMeter).size(), 1u);
  auto other = record.certificate;
  other.der.push_back(0);
  const auto done = change([&](store::WriteView& view) -> Status {
    const auto added = add_certificate(view, other, record.use, "");
    return added ? Status() : Status(Unexpected{added.error()});
  });
  EXPECT_EQ(done.error().code, ErrorCode::Conflict);
}

TEST_F(Certificates, AnExpectedOneWaitsBesideTheOneInUseUntilItIsTaken) {
  const auto& first = test_record(pki::kSupplier, KeyUse::DigitalSignature);
  const auto later = later_generation(pki::kSupplier, PartyRole::Supplier, KeyUse::DigitalSignature, 1);
  const auto last = later_generation(pki::kSupplier, PartyRole::Supplier, KeyUse::DigitalSignature, 2);
  const auto status = [&](const auto& record) {
    directory_.forget(pki::kSupplier);
    return directory_.find(record.certificate.serial).status;
  };
  const auto taken = [&](const auto& record) {
    bool was_pending = false;
    EXPECT_TRUE(change([&](auto& view) -> Status {
      METERWAY_TRY(was_pending, take_expected_certificate(view, record.certificate.serial));
      return {};
    }));
    return was_pending;
  };
  const auto expect = [&](const auto& record) {
    EXPECT_TRUE(change([&](auto& view) { return expect_certificate(view, record.certificate, record.use); }));
  };
  add(first);
  EXPECT_FALSE(taken(later)) << "nobody has told the device to take it";
  for (const auto* one : {&later, &last, &first}) expect(*one);
  EXPECT_EQ(status(later), CertificateStatus::Pending);
  EXPECT_EQ(status(first), CertificateStatus::InUse) << "what is in use stays so";
  EXPECT_TRUE(change([&](auto& view) { return expect_certificate_no_longer(view, later.certificate.serial); }));
  EXPECT_EQ(status(later), CertificateStatus::NotInUse);
  EXPECT_FALSE(taken(later));
  expect(later);
  EXPECT_TRUE(taken(later));
  EXPECT_EQ(status(later), CertificateStatus::InUse);
  EXPECT_EQ(status(first), CertificateStatus::NotInUse);
  EXPECT_EQ(status(last), CertificateStatus::NotInUse) << "none is expected any more";
}

TEST_F(Certificates, WhatIsRememberedIsForgottenWithTheChange) {
  const auto& record = test_record(pki::kSupplier, KeyUse::DigitalSignature);
  add(record);
  const auto& serial = record.certificate.serial;
  ASSERT_EQ(directory_.find(serial).status, CertificateStatus::InUse);
  ASSERT_TRUE(directory_.in_use(pki::kSupplier, KeyUse::DigitalSignature));
  ASSERT_TRUE(store_->write([&](auto& view) { return revoke_certificate(view, serial); }));
  directory_.forget(pki::kSupplier);
  EXPECT_EQ(directory_.find(serial).status, CertificateStatus::Revoked);
  EXPECT_FALSE(directory_.in_use(pki::kSupplier, KeyUse::DigitalSignature));
}

TEST_F(Certificates, AreAllFoundThoughFewAreRemembered) {
  for (const auto& record : pki::test_pki().records) add(record);
  for (int round = 0; round < 3; ++round) {
    for (const auto& record : pki::test_pki().records) {
      const auto found = directory_.find(record.certificate.serial);
      ASSERT_TRUE(found.record);
      EXPECT_EQ(found.record->certificate.der, record.certificate.der);
    }
  }
}

TEST_F(Certificates, AreListedByOwnerPageByPage) {
  std::size_t all = 0;
  for (const auto& record : pki::test_pki().records) {
    add(record);
    ++all;
  }
  std::size_t listed = 0;
  for (Eui64 from;;) {
    std::vector<StoredCertificate> page;
    ASSERT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(page, certificates_from(view, from, 3));
      return {};
    }));
    listed += page.size();
    if (page.size() < 3) break;
    from = Eui64(page.back().owner.value() + 1);
  }
  EXPECT_EQ(listed, all);
}

TEST_F(Certificates, APointerStaysGoodWhileItsThreadAsksForOthers) {
  for (const auto& record : pki::test_pki().records) add(record);
  const auto shared = std::make_shared<CertificateDirectory>();
  shared->set_source(certificate_source(*store_), 1);
  const auto keys = pki::key_store_of(shared);
  const auto* key = keys->public_key(pki::kMeter, KeyUse::KeyAgreement);
  ASSERT_NE(key, nullptr);
  for (std::size_t i = 0; i + 1 < pki::kKeysKept; ++i) (void)keys->public_key(pki::kSupplier, KeyUse::DigitalSignature);
  shared->forget_all();
  EXPECT_TRUE(*key == test_record(pki::kMeter, KeyUse::KeyAgreement).certificate.public_key);
}

TEST_F(Certificates, OfDevicesTakeAThirdOfTheRoomAndComeBackAsTheyWere) {
  SeededRandom random(3);
  for (std::uint64_t number = 0; number < 20; ++number) {
    const pki::DeviceSubject subject{Eui64(0x00DB200000000000 + number), KeyUse::KeyAgreement};
    const auto certificate = pki::issue_device(pki::test_pki().issuing, subject, pki::test_time(),
                                               crypto::PrivateKey::generate()->public_key(), random);
    ASSERT_TRUE(certificate);
    add({*certificate, KeyUse::KeyAgreement, "", {}});
    directory_.forget_all();
    const auto found = directory_.in_use(subject.eui, KeyUse::KeyAgreement);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->certificate.der, certificate->der);
    ASSERT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(const auto rows, view.scan("certificate", "", "", 1000));
      EXPECT_EQ(rows.size(), number + 1);
      EXPECT_LT(rows.back().value.size(), 150u);
      METERWAY_TRY(const auto forms, view.scan("certificate-form", "", "", 1000));
      EXPECT_LE(forms.size(), 2u) << "serial numbers of 16 and 17 bytes";
      return {};
    }));
  }
}

TEST_F(Certificates, ThatWereKeptWholeByAnEarlierVersionAreRead) {
  const auto& record = test_record(pki::kMeter, KeyUse::KeyAgreement);
  add(record);
  ASSERT_TRUE(change([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto rows, view.scan("certificate", "", "", 10));
    const auto since = static_cast<std::uint64_t>(record.certificate.not_before.time_since_epoch().count());
    wire::Writer whole;
    whole.u8(1).u8(0).u64(since).prefixed(ByteView()).prefixed(record.certificate.der);
    const ByteView bytes = whole.view();
    return view.put("certificate", rows.at(0).key, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }));
  const auto found = directory_.find(record.certificate.serial);
  ASSERT_TRUE(found.record);
  EXPECT_EQ(found.record->certificate.der, record.certificate.der);
}

}  // namespace
}  // namespace meterway::registry
