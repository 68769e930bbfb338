#include "standard/pki/signing_request.h"

#include <gtest/gtest.h>

#include "standard/pki/pem.h"

namespace meterway::pki {
namespace {

TEST(SigningRequest, HoldsTheKeyOfWhoeverAsks) {
  const auto key = crypto::PrivateKey::generate().value();
  const auto read = parse_signing_request(make_signing_request(key).value());
  ASSERT_TRUE(read) << describe(read.error());
  EXPECT_TRUE(read->key == key.public_key());
}

/// As `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=x` writes it.
TEST(SigningRequest, OfAnotherProgramIsReadAlike) {
  constexpr std::string_view kOther =
      "-----BEGIN CERTIFICATE REQUEST-----\n"
      "MIHFMG4CAQAwDDEKMAgGA1UEAwwBeDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IA\n"
      "BCxpqjWszFHbYjeVprrOvzA07Ej83yZSwP8ld7WdsLr/K8dMbBa2VrWRV75M8Ht0\n"
      "N/bCKwQXVv3KlAJejM2OlqagADAKBggqhkjOPQQDAgNHADBEAiB7Y/NlVlx2g3qt\n"
      "SQ7CiVY4WNmuzZfw0Y/eP0xRtugxdAIgOtLvBBO99wtKvPj14pHGktHVDMKd+G9b\n"
      "H4BXpwdyZYQ=\n"
      "-----END CERTIFICATE REQUEST-----\n";
  const auto read = parse_signing_request(kOther);
  EXPECT_TRUE(read) << describe(read.error());
}

TEST(SigningRequest, OfADeviceNamesItAndTheUseOfTheKey) {
  const auto key = crypto::PrivateKey::generate().value();
  for (const auto& [use, bit] : {std::pair(KeyUse::DigitalSignature, kUsageDigitalSignature),
                                 std::pair(KeyUse::KeyAgreement, kUsageKeyAgreement)}) {
    const auto read = parse_signing_request_der(make_device_request(key, Eui64(0x00DB1234567890A0), use).value());
    ASSERT_TRUE(read) << describe(read.error());
    EXPECT_EQ(read->device, Eui64(0x00DB1234567890A0));
    EXPECT_EQ(read->key_usage, bit);
    EXPECT_TRUE(read->key == key.public_key());
  }
}

TEST(SigningRequest, OfAnybodyNamesNoDevice) {
  const auto read = parse_signing_request(make_signing_request(crypto::PrivateKey::generate().value()).value());
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->device);
  EXPECT_EQ(read->key_usage, 0);
}

TEST(SigningRequest, OfADeviceChangedOrCutAnywhereIsRefused) {
  const auto key = crypto::PrivateKey::generate().value();
  const auto der = make_device_request(key, Eui64(0x00DB1234567890A0), KeyUse::KeyAgreement).value();
  for (std::size_t at = 0; at < der.size(); ++at) {
    auto changed = der;
    changed[at] ^= 0x01;
    EXPECT_FALSE(parse_signing_request_der(changed)) << at;
    EXPECT_FALSE(parse_signing_request_der(ByteView(der).first(at))) << at;
  }
}

TEST(SigningRequest, ChangedOrCutAnywhereIsRefused) {
  const auto key = crypto::PrivateKey::generate().value();
  const auto pem = make_signing_request(key).value();
  const auto der = pem_body(pem, kPemSigningRequest).value();
  for (std::size_t at = 0; at < der.size(); ++at) {
    auto changed = der;
    changed[at] ^= 0x01;
    EXPECT_FALSE(parse_signing_request(to_pem(changed, kPemSigningRequest))) << at;
    EXPECT_FALSE(parse_signing_request(to_pem(ByteView(der).first(at), kPemSigningRequest))) << at;
  }
  EXPECT_FALSE(parse_signing_request("no PEM"));
  EXPECT_EQ(parse_signing_request(std::string(20000, 'A')).error().code, ErrorCode::TooLarge);
}

}  // namespace
}  // namespace meterway::pki
