#include <gtest/gtest.h>

#include "base/crypto/aes_gcm.h"
#include "base/crypto/keys.h"
#include "base/wire/writer.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/document.h"
#include "standard/gbcs/gbz.h"
#include "standard/gbcs/protect.h"
#include "standard/gbcs/utrn.h"
#include "tests/support/memory_keys.h"
#include "tests/support/vector_file.h"

/// The committed vectors, each made or confirmed by code that is not ours (scripts/make_vectors.py).
namespace meterway {
namespace {

using gbcs::CheckState;

Eui64 eui(const std::string& text) { return Eui64::parse(text).value(); }

/// Everyone's private keys; a party that has only its own sees what that party sees.
tests::MemoryKeys keys_of(const tests::Vector& parties, const std::vector<std::string>& owners) {
  tests::MemoryKeys keys;
  for (const std::string party : {"user", "broker", "meter", "gas"}) {
    const bool own = std::find(owners.begin(), owners.end(), party) != owners.end();
    for (const auto& [suffix, use] :
         {std::pair{"_ka", pki::KeyUse::KeyAgreement}, std::pair{"_ds", pki::KeyUse::DigitalSignature}}) {
      const auto key = crypto::PrivateKey::from_scalar(parties.hex(party + suffix)).value();
      if (own) {
        keys.add(eui(parties.text(party)), use, key);
      } else {
        keys.add_public(eui(parties.text(party)), use, key.public_key());
      }
    }
  }
  return keys;
}

struct MessageVectors {
  tests::Vector parties;
  std::vector<tests::Vector> messages;
};

MessageVectors message_vectors() {
  auto vectors = tests::read_vectors("messages.vec");
  EXPECT_EQ(vectors.size(), 11u);
  const auto parties = vectors.front();
  vectors.erase(vectors.begin());
  return {parties, vectors};
}

TEST(Vectors, OfMessagesAreReadCheckedAndWrittenBack) {
  const auto [parties, vectors] = message_vectors();
  const auto keys = keys_of(parties, {"user", "broker", "meter", "gas"});
  for (const auto& vector : vectors) {
    const auto name = vector.text("name");
    const auto bytes = vector.hex("message");
    const auto message = gbcs::read_message(bytes);
    ASSERT_TRUE(message) << name << ": " << describe(message.error());
    EXPECT_EQ(message->header.code.hex(), vector.text("code")) << name;
    EXPECT_EQ(message->header.counter.value, vector.number("counter")) << name;
    EXPECT_EQ(to_string(mac_state(*message, keys, eui(parties.text("broker")))), vector.text("mac")) << name;
    EXPECT_EQ(to_string(signature_state(*message, keys)), vector.text("signature")) << name;
    EXPECT_EQ(to_hex(write_message(*message)), to_hex(bytes)) << name;
  }
}

TEST(Vectors, OfMessagesGoThroughTheirDocumentAndBack) {
  const auto [parties, vectors] = message_vectors();
  for (const auto& vector : vectors) {
    const auto json = gbcs::to_json(vector.hex("message"), nullptr);
    ASSERT_TRUE(json) << vector.text("name");
    EXPECT_EQ(json->find("\"raw\""), std::string::npos) << vector.text("name");
    const auto bytes = gbcs::from_json(*json);
    ASSERT_TRUE(bytes) << vector.text("name") << ": " << describe(bytes.error());
    EXPECT_EQ(to_hex(*bytes), vector.text("message")) << vector.text("name");
  }
}

TEST(Vectors, OfMessagesAreNeverValidWithABitFlipped) {
  const auto [parties, vectors] = message_vectors();
  const auto keys = keys_of(parties, {"user", "broker", "meter", "gas"});
  const auto broker = eui(parties.text("broker"));
  for (const auto& vector : vectors) {
    const auto whole = vector.hex("message");
    for (std::size_t bit = 0; bit < 8 * whole.size(); bit += 3) {
      Bytes bytes = whole;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
      const auto message = gbcs::read_message(bytes);
      if (!message) continue;
      const auto mac = mac_state(*message, keys, broker), signature = signature_state(*message, keys);
      const bool all_valid = (mac == CheckState::Valid || mac == CheckState::None) &&
                             (signature == CheckState::Valid || signature == CheckState::None);
      EXPECT_FALSE(all_valid && (vector.text("mac") == "valid" || vector.text("signature") == "valid"))
          << vector.text("name") << " " << bit;
    }
  }
}

TEST(Vectors, OfMacsAreMadeAgainByTheBroker) {
  const auto [parties, vectors] = message_vectors();
  const auto keys = keys_of(parties, {"broker"});
  for (const auto& vector : vectors) {
    if (vector.text("kind") != "command" || vector.text("mac") != "valid") continue;
    auto message = gbcs::read_message(vector.hex("message")).value();
    message.mac.reset();
    const auto* own = keys.private_key(eui(parties.text("broker")), pki::KeyUse::KeyAgreement);
    const auto* device = keys.public_key(message.header.target, pki::KeyUse::KeyAgreement);
    ASSERT_TRUE(gbcs::add_mac(message, *own, *device));
    EXPECT_EQ(to_hex(write_message(message)), vector.text("message")) << vector.text("name");
  }
}

TEST(Vectors, OfResponsesToAUserCannotBeJudgedByTheBroker) {
  const auto [parties, vectors] = message_vectors();
  const auto keys = keys_of(parties, {"broker"});
  const auto broker = eui(parties.text("broker"));
  for (const auto& vector : vectors) {
    const auto message = gbcs::read_message(vector.hex("message")).value();
    const bool to_user = message.header.kind != gbcs::Kind::Command && message.mac;
    if (!to_user) continue;
    EXPECT_EQ(mac_state(message, keys, broker), CheckState::Unknown) << vector.text("name");
    EXPECT_FALSE(gbcs::encryption_key(message.header, keys)) << vector.text("name");
  }
}

Bytes protected_block_of(const gbcs::Message& message) {
  if (message.content[0] == 0x01) return gbcs::gbz::read_frames(message.content)->components.front().payload;
  const auto apdu = gbcs::dlms::read_apdu(message.content).value();
  const auto block = gbcs::dlms::protected_block(std::get<gbcs::dlms::AccessResponse>(apdu).data.front());
  return Bytes(block.begin(), block.end());
}

TEST(Vectors, OfEncryptedAttributesOpenForUserAndDeviceAlike) {
  const auto [parties, vectors] = message_vectors();
  int opened = 0;
  for (const auto& vector : vectors) {
    if (!vector.has("plain")) continue;
    const auto message = gbcs::read_message(vector.hex("message")).value();
    const auto block = protected_block_of(message);
    for (const auto& owners : {std::vector<std::string>{"user"}, std::vector<std::string>{"meter", "gas"}}) {
      const auto key = gbcs::encryption_key(message.header, keys_of(parties, owners));
      ASSERT_TRUE(key) << vector.text("name");
      const auto plain = gbcs::decrypt_attribute(*key, message.header.originator, block);
      ASSERT_TRUE(plain) << vector.text("name");
      EXPECT_EQ(to_hex(*plain), vector.text("plain"));
      EXPECT_EQ(to_hex(gbcs::encrypt_attribute(*key, message.header.originator, *plain)), to_hex(block));
      ++opened;
    }
  }
  EXPECT_EQ(opened, 4);
}

TEST(Vectors, OfKeyAgreementAgree) {
  const auto vectors = tests::read_vectors("ecdh.vec");
  EXPECT_EQ(vectors.size(), 8u);
  for (const auto& vector : vectors) {
    const auto own = crypto::PrivateKey::from_scalar(vector.hex("private")).value();
    const auto other = crypto::PublicKey::from_point(vector.hex("public")).value();
    EXPECT_EQ(to_hex(own.agree(other).value()), vector.text("shared"));
  }
}

TEST(Vectors, OfAesGcmSealAndOpen) {
  const auto vectors = tests::read_vectors("gcm.vec");
  EXPECT_EQ(vectors.size(), 12u);
  for (const auto& vector : vectors) {
    const auto key_bytes = vector.hex("key"), iv_bytes = vector.hex("iv"), aad = vector.hex("aad");
    const crypto::AesKey key(ByteView(key_bytes).first<16>());
    const auto iv = ByteView(iv_bytes).first<12>();
    Bytes tag(12);
    EXPECT_EQ(to_hex(crypto::gcm_seal(key, iv, {ByteView(aad)}, vector.hex("plain"), tag)), vector.text("cipher"));
    EXPECT_EQ(to_hex(tag), vector.text("tag"));
    const auto opened = crypto::gcm_open(key, iv, {ByteView(aad)}, vector.hex("cipher"), vector.hex("tag"));
    ASSERT_TRUE(opened);
    EXPECT_EQ(to_hex(*opened), vector.text("plain"));
    tag[11] ^= 1;
    EXPECT_FALSE(crypto::gcm_open(key, iv, {ByteView(aad)}, vector.hex("cipher"), tag));
  }
}

crypto::SharedSecret secret_of(const tests::Vector& vector) {
  crypto::SharedSecret secret{};
  const auto bytes = vector.hex("secret");
  std::copy(bytes.begin(), bytes.end(), secret.begin());
  return secret;
}

TEST(Vectors, OfKeyDerivationGiveThePublishedKeys) {
  const auto vectors = tests::read_vectors("kdf.vec");
  EXPECT_EQ(vectors.size(), 8u);
  for (const auto& vector : vectors) {
    const auto key = gbcs::derive_key(secret_of(vector), static_cast<gbcs::Purpose>(vector.number("purpose")),
                                      eui(vector.text("originator")), OriginatorCounter{vector.number("counter")},
                                      eui(vector.text("target")));
    EXPECT_EQ(to_hex(key.bytes()), vector.text("key")) << vector.text("name");
  }
}

// The tag of a token is a GMAC over the parties, the counter and the fields; its last four bytes are in the digits.
TEST(Vectors, OfTopUpTokensCarryTheirFieldsAndTheirMac) {
  const auto vectors = tests::read_vectors("utrn.vec");
  EXPECT_EQ(vectors.size(), 6u);
  for (const auto& vector : vectors) {
    const auto fields = gbcs::read_utrn(vector.text("utrn"));
    ASSERT_TRUE(fields) << vector.text("utrn");
    EXPECT_EQ(fields->value, vector.number("value"));
    EXPECT_EQ(fields->value_class, vector.number("value_class"));
    EXPECT_EQ(fields->truncated_counter, (vector.number("counter") >> 32) % 1024);
    const auto originator = eui(vector.text("originator")), target = eui(vector.text("target"));
    const OriginatorCounter counter{vector.number("counter")};
    const auto key = gbcs::derive_key(secret_of(vector), gbcs::Purpose::CommandMac, originator, counter, target);
    const auto high =
        static_cast<std::uint32_t>(fields->truncated_counter << 15 | fields->value_class << 13 | fields->value);
    const auto aad = wire::Writer()
                         .u8(0x11)
                         .number(0, 5)
                         .u64(originator.value())
                         .u64(target.value())
                         .u8(1)
                         .u64(counter.value)
                         .u32(high)
                         .take();
    const auto iv = wire::Writer().u64(originator.value()).u32(0).take();
    Bytes tag(16);
    crypto::gcm_seal(key, ByteView(iv).first<12>(), {ByteView(aad)}, {}, tag);
    EXPECT_EQ(to_hex(ByteView(tag).last(4)), to_hex(wire::Writer().u32(fields->mac).view())) << vector.text("utrn");
    EXPECT_EQ(gbcs::write_utrn(*fields).value(), vector.text("utrn"));
  }
}

}  // namespace
}  // namespace meterway
