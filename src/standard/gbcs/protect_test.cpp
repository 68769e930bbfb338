#include "standard/gbcs/protect.h"

#include <gtest/gtest.h>

#include "base/util/hex.h"

namespace meterway::gbcs {
namespace {

crypto::PrivateKey key_of(std::uint8_t seed) {
  const Bytes scalar(32, seed);
  return crypto::PrivateKey::from_scalar(scalar).value();
}

Message command() {
  Message message;
  message.header.counter = OriginatorCounter{1000};
  message.header.originator = Eui64(0x90B3D51F30010000);
  message.header.target = Eui64(0x00DB1234567890A0);
  message.header.code = MessageCode{0x004F};
  message.content = {1, 2, 3};
  message.signature_field = SignatureField::Absent;
  return message;
}

TEST(Protect, BothSidesDeriveTheSameMacKey) {
  const auto broker = key_of(1), device = key_of(2);
  const auto header = command().header;
  const auto one = mac_key(header, broker, device.public_key()), other = mac_key(header, device, broker.public_key());
  ASSERT_TRUE(one && other);
  EXPECT_EQ(to_hex(one->bytes()), to_hex(other->bytes()));
}

TEST(Protect, GivesAPreCommandTheEmptySignatureFieldBeforeItsMac) {
  auto message = command();
  ASSERT_TRUE(add_mac(message, key_of(1), key_of(2).public_key()));
  EXPECT_EQ(message.signature_field, SignatureField::Empty);
  EXPECT_TRUE(read_message(write_message(message)));
}

TEST(Protect, SignsWhatTheSignatureFieldDoesNotChange) {
  auto message = command();
  const auto key = key_of(3);
  EXPECT_FALSE(verify_signature(message, key.public_key()));
  ASSERT_TRUE(sign(message, key));
  EXPECT_TRUE(verify_signature(message, key.public_key()));
  EXPECT_FALSE(verify_signature(message, key_of(4).public_key()));
  message.content[0] ^= 1;
  EXPECT_FALSE(verify_signature(message, key.public_key()));
}

TEST(Protect, EncryptsForTheSupplementaryPartyUnderItsOwnCounter) {
  auto header = command().header;
  header.kind = Kind::Response;
  std::swap(header.originator, header.target);
  const auto device = key_of(2), reader = key_of(5);
  const auto plain_key = encryption_key(header, device, reader.public_key());
  header.supplementary_party = Eui64(0x90B3D51F30030000);
  const auto other_party = encryption_key(header, device, reader.public_key());
  header.supplementary_originator_counter = OriginatorCounter{2002};
  const auto other_counter = encryption_key(header, device, reader.public_key());
  ASSERT_TRUE(plain_key && other_party && other_counter);
  EXPECT_NE(to_hex(plain_key->bytes()), to_hex(other_party->bytes()));
  EXPECT_NE(to_hex(other_party->bytes()), to_hex(other_counter->bytes()));
  const Bytes secret{0x06, 0, 0, 0, 10};
  const auto block = encrypt_attribute(*other_counter, header.originator, secret);
  const auto opened = decrypt_attribute(*encryption_key(header, reader, device.public_key()), header.originator, block);
  ASSERT_TRUE(opened);
  EXPECT_EQ(*opened, secret);
}

TEST(Protect, RefusesEveryTruncatedOrDamagedBlock) {
  const auto key = mac_key(command().header, key_of(1), key_of(2).public_key()).value();
  const Eui64 device(0x00DB1234567890A0);
  const auto block = encrypt_attribute(key, device, Bytes{1, 2, 3});
  for (std::size_t size = 0; size < block.size(); ++size)
    EXPECT_FALSE(decrypt_attribute(key, device, ByteView(block).first(size))) << size;
  for (std::size_t bit = 0; bit < 8 * block.size(); ++bit) {
    Bytes damaged = block;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    EXPECT_FALSE(decrypt_attribute(key, device, damaged)) << bit;
  }
}

}  // namespace
}  // namespace meterway::gbcs
