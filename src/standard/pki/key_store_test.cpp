#include "standard/pki/key_store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "base/util/file.h"
#include "standard/pki/certificate.h"
#include "standard/pki/pem.h"

namespace meterway::pki {
namespace {

constexpr Eui64 kOwner{0x00DB123456780001};

class KeyFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST(KeyFolder, IsNotThere) {
  const auto store = open_key_folder("/there/is/no/such/folder");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::NotFound);
}

TEST_F(KeyFolderTest, GivesThePublicHalfOfALonePrivateKey) {
  const auto key = crypto::PrivateKey::generate();
  ASSERT_TRUE(write_file(folder_ / "00db123456780001-ka.key", key->to_pkcs8(), 0600));
  const auto store = open_key_folder(folder_);
  ASSERT_TRUE(store);
  ASSERT_NE((*store)->public_key(kOwner, KeyUse::KeyAgreement), nullptr);
  EXPECT_EQ(*(*store)->public_key(kOwner, KeyUse::KeyAgreement), key->public_key());
  EXPECT_NE((*store)->private_key(kOwner, KeyUse::KeyAgreement), nullptr);
  EXPECT_EQ((*store)->private_key(kOwner, KeyUse::DigitalSignature), nullptr);
  EXPECT_EQ((*store)->private_key(kOwner, KeyUse::PrepaymentKeyAgreement), nullptr);
  EXPECT_TRUE((*store)->certificate(kOwner, KeyUse::KeyAgreement).empty());
}

TEST_F(KeyFolderTest, RefusesAPrivateKeyThatDoesNotFitItsPublicOneAndSaysSo) {
  // The head of a P-256 SubjectPublicKeyInfo up to the point.
  Bytes spki{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
             0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
  append(spki, crypto::PrivateKey::generate()->public_key().point());
  ASSERT_TRUE(write_text_file(folder_ / "00db123456780001-pp-ka.pem", to_pem(spki, kPemPublicKey)));
  ASSERT_TRUE(write_file(folder_ / "00db123456780001-pp-ka.key", crypto::PrivateKey::generate()->to_pkcs8(), 0600));
  const auto store = open_key_folder(folder_);
  EXPECT_EQ((*store)->private_key(kOwner, KeyUse::PrepaymentKeyAgreement), nullptr);
  EXPECT_NE((*store)->public_key(kOwner, KeyUse::PrepaymentKeyAgreement), nullptr);
  ASSERT_EQ((*store)->problems().size(), 1u);
  EXPECT_NE((*store)->problems()[0].find("00db123456780001-pp-ka.key"), std::string::npos);
}

TEST_F(KeyFolderTest, LeavesAFileThatHoldsNoKeyAlone) {
  ASSERT_TRUE(write_text_file(folder_ / "00db123456780001-ds.pem", "no key at all"));
  ASSERT_TRUE(write_text_file(folder_ / "notes.txt", "not a key file"));
  const auto store = open_key_folder(folder_);
  EXPECT_EQ((*store)->public_key(kOwner, KeyUse::DigitalSignature), nullptr);
  EXPECT_EQ((*store)->problems().size(), 1u);
}

std::filesystem::path reference_keys() {
  const char* root = std::getenv("METERWAY_RTDS");
  const auto base =
      root != nullptr ? std::filesystem::path(root) : std::filesystem::path(METERWAY_SOURCE_DIR) / "../shared/rtds";
  return base / "keystore/rtds";
}

TEST(KeyFolder, OpensTheReferenceKeysFasterThanItReadsThem) {
  if (!std::filesystem::exists(reference_keys())) GTEST_SKIP() << "no reference data: set METERWAY_RTDS";
  const auto start = std::chrono::steady_clock::now();
  const auto store = open_key_folder(reference_keys());
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(store);
  EXPECT_LT(took, std::chrono::milliseconds(500));
  for (const auto& file : std::filesystem::directory_iterator(reference_keys())) {
    const std::string stem = file.path().stem().string();
    const auto owner = Eui64::parse(stem.substr(0, 16));
    const auto use = stem.substr(16) == "-ds"   ? KeyUse::DigitalSignature
                     : stem.substr(16) == "-ka" ? KeyUse::KeyAgreement
                                                : KeyUse::PrepaymentKeyAgreement;
    EXPECT_NE((*store)->public_key(*owner, use), nullptr) << stem;
    if (file.path().extension() == ".key") {
      EXPECT_NE((*store)->private_key(*owner, use), nullptr) << stem;
    }
  }
  EXPECT_TRUE((*store)->problems().empty());
}

}  // namespace
}  // namespace meterway::pki
