#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/crypto/aes_gcm.h"
#include "base/crypto/keys.h"
#include "base/crypto/verify_table.h"
#include "base/util/file.h"
#include "base/util/hex.h"
#include "tests/support/reference.h"

/// Edge cases of the Wycheproof project for the three primitives as GBCS uses them: every valid case is accepted and
/// every invalid one refused. The files are not part of this project.
namespace meterway::crypto {
namespace {

using nlohmann::json;

json load(const std::string& name) {
  const auto text = read_text_file(tests::vectors_path() / "wycheproof" / name);
  EXPECT_TRUE(text) << name;
  return text ? json::parse(*text) : json();
}

Bytes hex(const json& object, const char* member) { return from_hex(object.at(member).get<std::string>()).value(); }

std::string label(const json& test) {
  return std::to_string(test.at("tcId").get<int>()) + " " + test.at("comment").get<std::string>();
}

TEST(Wycheproof, EcdsaP256WithPlainSignatures) {
  METERWAY_NEEDS_VECTORS();
  int accepted = 0, refused = 0;
  const auto file = load("ecdsa_secp256r1_sha256_p1363_test.json");
  for (const auto& group : file.at("testGroups")) {
    const auto key = PublicKey::from_point(hex(group.at("publicKey"), "uncompressed"));
    const auto same = PublicKey::from_spki(hex(group, "publicKeyDer"));
    ASSERT_TRUE(key && same);
    EXPECT_EQ(*key, *same);
    const auto table = VerifyTable::make(key->point());
    ASSERT_TRUE(table);
    for (const auto& test : group.at("tests")) {
      const bool valid = key->verify(hex(test, "msg"), hex(test, "sig"));
      EXPECT_EQ(valid, test.at("result") == "valid") << label(test);
      EXPECT_EQ(table->verify(sha256(hex(test, "msg")), hex(test, "sig")), valid) << "by table: " << label(test);
      ++(valid ? accepted : refused);
    }
  }
  std::cout << "ecdsa: " << accepted << " accepted, " << refused << " refused\n";
  EXPECT_EQ(accepted + refused, 262);
}

TEST(Wycheproof, EcdhP256OnUncompressedPoints) {
  METERWAY_NEEDS_VECTORS();
  int agreed = 0, refused = 0;
  const auto file = load("ecdh_secp256r1_ecpoint_test.json");
  for (const auto& group : file.at("testGroups")) {
    for (const auto& test : group.at("tests")) {
      const auto own = PrivateKey::from_scalar(hex(test, "private"));
      const auto other = PublicKey::from_point(hex(test, "public"));
      ASSERT_TRUE(own) << label(test);
      // GBCS knows only the uncompressed form, so the one acceptable case (a compressed point) is refused as well.
      EXPECT_EQ(other.has_value(), test.at("result") == "valid") << label(test);
      if (!other) {
        ++refused;
        continue;
      }
      const auto shared = own->agree(*other);
      ASSERT_TRUE(shared) << label(test);
      EXPECT_EQ(to_hex(*shared), test.at("shared").get<std::string>()) << label(test);
      ++agreed;
    }
  }
  std::cout << "ecdh: " << agreed << " agreed, " << refused << " refused\n";
  EXPECT_EQ(agreed + refused, 355);
}

TEST(Wycheproof, Aes128GcmWithTwelveByteVectors) {
  METERWAY_NEEDS_VECTORS();
  int opened = 0, refused = 0, other_sizes = 0;
  const auto file = load("aes_gcm_test.json");
  for (const auto& group : file.at("testGroups")) {
    if (group.at("keySize") != 128 || group.at("ivSize") != 96) {
      other_sizes += static_cast<int>(group.at("tests").size());
      continue;
    }
    for (const auto& test : group.at("tests")) {
      const auto key_bytes = hex(test, "key"), iv_bytes = hex(test, "iv"), aad = hex(test, "aad");
      const AesKey key(ByteView(key_bytes).first<16>());
      const auto iv = ByteView(iv_bytes).first<12>();
      const auto message = hex(test, "msg"), ciphertext = hex(test, "ct"), tag = hex(test, "tag");
      const auto plain = gcm_open(key, iv, {ByteView(aad)}, ciphertext, tag);
      EXPECT_EQ(plain.has_value(), test.at("result") == "valid") << label(test);
      ++(plain ? opened : refused);
      if (!plain) continue;
      EXPECT_EQ(to_hex(*plain), to_hex(message)) << label(test);
      Bytes sealed_tag(tag.size());
      EXPECT_EQ(to_hex(gcm_seal(key, iv, {ByteView(aad)}, message, sealed_tag)), to_hex(ciphertext)) << label(test);
      EXPECT_EQ(to_hex(sealed_tag), to_hex(tag)) << label(test);
      // GBCS keeps the first twelve bytes of the tag.
      EXPECT_TRUE(gcm_open(key, iv, {ByteView(aad)}, ciphertext, ByteView(tag).first(12))) << label(test);
    }
  }
  std::cout << "aes-gcm: " << opened << " opened, " << refused << " refused; " << other_sizes
            << " cases have other key or vector sizes\n";
  EXPECT_EQ(opened + refused, 67);
}

}  // namespace
}  // namespace meterway::crypto
