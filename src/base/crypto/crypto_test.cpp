#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/crypto/aes_gcm.h"
#include "base/crypto/digest.h"
#include "base/crypto/keys.h"
#include "base/crypto/plain.h"
#include "base/crypto/secrets.h"
#include "base/crypto/verify_table.h"
#include "base/util/hex.h"

namespace meterway::crypto {
namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

// FIPS 180-4 example.
TEST(Sha256, DigestsTheConcatenationOfItsParts) {
  const Bytes a{'a'}, bc{'b', 'c'};
  EXPECT_EQ(to_hex(sha256({a, bc})), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 5903 section 8.1: 256-bit random ECP group.
TEST(Ecdh, AgreesWithTheExampleOfRfc5903) {
  const auto i =
      PrivateKey::from_scalar(hex("C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433")).value();
  const auto r =
      PrivateKey::from_scalar(hex("C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53")).value();
  const char* shared = "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de";
  EXPECT_EQ(to_hex(i.agree(r.public_key()).value()), shared);
  EXPECT_EQ(to_hex(r.agree(i.public_key()).value()), shared);
}

// RFC 6979 section A.2.5, P-256 with SHA-256, message "sample".
TEST(Ecdsa, VerifiesTheExampleOfRfc6979AndNothingNearIt) {
  const auto key =
      PrivateKey::from_scalar(hex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")).value();
  Bytes signature =
      hex("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AF"
          "F4064DC4AB2F843ACDA8");
  const Bytes message{'s', 'a', 'm', 'p', 'l', 'e'};
  EXPECT_TRUE(key.public_key().verify(message, signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; bit += 37) {
    signature[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(key.public_key().verify(message, signature)) << bit;
    signature[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
  EXPECT_FALSE(key.public_key().verify(message, ByteView(signature).first(63)));
}

TEST(Ecdsa, VerifiesWhatItSigns) {
  const auto key = PrivateKey::generate().value();
  const Bytes head{1, 2}, tail{3};
  const Bytes whole{1, 2, 3};
  EXPECT_TRUE(key.public_key().verify(whole, key.sign({head, tail}).value()));
}

TEST(Ecdsa, SignsFromManyThreadsWithOneKey) {
  const auto key = PrivateKey::generate().value();
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&key, &right, i] {
      const PrivateKey copy = key;
      for (std::uint8_t n = 0; n < 50; ++n) {
        const Bytes message{static_cast<std::uint8_t>(i), n};
        right += plain::verify(key.public_key(), sha256(message), copy.sign(message).value()) ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 200);
}

TEST(VerifyTable, VerifiesWhatTheGeneralInterfaceDoes) {
  const auto key = PrivateKey::generate().value();
  const auto table = VerifyTable::make(key.public_key().point());
  ASSERT_TRUE(table);
  for (std::uint8_t i = 0; i < 50; ++i) {
    const auto digest = sha256(Bytes{i});
    auto signature = plain::sign(key, digest).value();
    EXPECT_TRUE(table->verify(digest, signature));
    EXPECT_FALSE(table->verify(sha256(Bytes{i, i}), signature));
    signature[i] ^= 1;
    EXPECT_FALSE(table->verify(digest, signature));
    EXPECT_FALSE(plain::verify(key.public_key(), digest, signature));
  }
  const Bytes zero(64, 0);
  EXPECT_FALSE(table->verify(sha256(Bytes{}), zero));
}

TEST(VerifyTable, IsMadeForAKeyThatIsUsedOften) {
  const auto key = PrivateKey::generate().value();
  for (unsigned i = 1; i < kOftenVerified; ++i) ASSERT_FALSE(verify_table_of(key.public_key().point())) << i;
  EXPECT_TRUE(verify_table_of(key.public_key().point()));
  const Bytes message{1};
  EXPECT_TRUE(key.public_key().verify(message, key.sign(message).value()));
  EXPECT_FALSE(key.public_key().verify(Bytes{2}, key.sign(message).value()));
}

TEST(AgreedSecrets, KeepsWhatIsUsedAndForgetsTheRest) {
  AgreedSecrets secrets;
  const auto point = [](std::uint32_t number) {
    Bytes out(65, 0);
    for (std::size_t i = 0; i < 4; ++i) out[1 + i] = static_cast<std::uint8_t>(number >> 8 * i);
    return out;
  };
  for (std::uint32_t i = 0; i < 2 * AgreedSecrets::kMost; ++i) {
    SharedSecret secret{};
    secret[0] = static_cast<std::uint8_t>(i);
    secrets.keep(point(i), secret);
    ASSERT_TRUE(secrets.find(point(0))) << i << ": used all the time";
  }
  EXPECT_EQ((*secrets.find(point(AgreedSecrets::kMost + 7)))[0], static_cast<std::uint8_t>(AgreedSecrets::kMost + 7));
  for (std::uint32_t i = 0; i < AgreedSecrets::kMost; ++i) secrets.keep(point(1'000'000 + i), {});
  EXPECT_FALSE(secrets.find(point(1)));
}

TEST(Keys, SurviveTheirEncodings) {
  const auto key = PrivateKey::generate().value();
  EXPECT_EQ(PrivateKey::from_encoded(key.to_pkcs8()).value().public_key(), key.public_key());
  EXPECT_EQ(PublicKey::from_point(key.public_key().point()).value(), key.public_key());
}

TEST(Keys, RefuseWhatIsNotAKeyOnTheCurve) {
  Bytes point(65, 0x01);
  point[0] = 4;
  EXPECT_EQ(PublicKey::from_point(point).error().code, ErrorCode::BadKey);
  EXPECT_EQ(PublicKey::from_point(Bytes(64, 4)).error().code, ErrorCode::BadKey);
  EXPECT_EQ(PrivateKey::from_scalar(Bytes(32, 0)).error().code, ErrorCode::BadKey);
  EXPECT_EQ(PrivateKey::from_scalar(Bytes(32, 0xFF)).error().code, ErrorCode::BadKey);
  EXPECT_EQ(PrivateKey::from_encoded(Bytes{0x30, 0x00}).error().code, ErrorCode::BadKey);
  EXPECT_EQ(PrivateKey::from_encoded({}).error().code, ErrorCode::BadKey);
}

// The GCM specification's test case 4 (AES-128, 96-bit vector, additional data).
TEST(AesGcm, AgreesWithTheSpecificationsExample) {
  const Bytes key = hex("feffe9928665731c6d6a8f9467308308"), iv = hex("cafebabefacedbaddecaf888");
  const Bytes aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const Bytes plain =
      hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0d"
          "e657ba637b39");
  const AesKey aes(std::span<const std::uint8_t, 16>(key.data(), 16));
  std::array<std::uint8_t, 16> tag{};
  const Bytes sealed = gcm_seal(aes, std::span<const std::uint8_t, 12>(iv.data(), 12), {aad}, plain, tag);
  EXPECT_EQ(to_hex(sealed),
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a"
            "0aac973d58e091");
  EXPECT_EQ(to_hex(tag), "5bc94fbc3221a5db94fae95ae7121a47");
  EXPECT_EQ(gcm_open(aes, std::span<const std::uint8_t, 12>(iv.data(), 12), {aad}, sealed, tag).value(), plain);
  tag[3] ^= 1;
  EXPECT_EQ(gcm_open(aes, std::span<const std::uint8_t, 12>(iv.data(), 12), {aad}, sealed, tag).error().code,
            ErrorCode::BadMac);
}

}  // namespace
}  // namespace meterway::crypto
