#include "standard/gbcs/protect.h"

#include <gtest/gtest.h>

#include "base/util/random.h"
#include "tests/conformance/reference_messages.h"

namespace meterway::gbcs {
namespace {

constexpr Eui64 kBroker(0x90B3D51F30000002);

std::unique_ptr<pki::KeyStore> reference_keys() {
  auto keys = pki::open_key_folder(tests::reference_path() / "keystore" / "rtds");
  EXPECT_TRUE(keys);
  return keys ? *std::move(keys) : nullptr;
}

/// Where content, signature and MAC stand in a message: everything after the grouping header, lengths included.
std::size_t protected_start(const Message& message, std::size_t size) {
  const std::size_t tail =
      message.content.size() + (message.signature_field == SignatureField::Present ? 65 : 1) + (message.mac ? 12 : 0);
  return size - tail;
}

/// A flipped copy may be refused when it is read. If it is read, nothing that covers the flipped bit may be valid.
void expect_not_valid(const pki::KeyStore& keys, const Message& whole, Bytes bytes, std::size_t bit,
                      const std::string& name) {
  const std::size_t size = bytes.size();
  bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
  const auto message = read_message(bytes);
  if (!message) return;
  const bool in_mac = whole.mac && bit / 8 >= size - 12;
  if (whole.mac) {
    EXPECT_NE(mac_state(*message, keys, kBroker), CheckState::Valid) << name << " bit " << bit;
  }
  if (!in_mac && whole.signature_field == SignatureField::Present) {
    EXPECT_NE(signature_state(*message, keys), CheckState::Valid) << name << " bit " << bit;
  }
}

TEST(ReferenceMessages, HaveMacsAndSignaturesOfWhichNoneIsWrong) {
  METERWAY_NEEDS_REFERENCE();
  const auto keys = reference_keys();
  int macs = 0, signatures = 0, unknown = 0;
  for (const auto& reference : tests::reference_messages()) {
    const auto message = read_message(reference.bytes);
    ASSERT_TRUE(message) << reference.name;
    const auto mac = mac_state(*message, *keys, kBroker);
    const auto signature = signature_state(*message, *keys);
    // The PPMID and the GSME made these with private keys of their own.
    const bool between_devices = reference.name.substr(0, 5) == "PCS01" || reference.name.substr(0, 5) == "PCS02";
    if (between_devices) {
      EXPECT_EQ(mac, CheckState::Unknown) << reference.name;
    } else {
      EXPECT_NE(mac, CheckState::Unknown) << reference.name;
    }
    EXPECT_NE(mac, CheckState::Invalid) << reference.name;
    EXPECT_NE(signature, CheckState::Invalid) << reference.name;
    EXPECT_NE(signature, CheckState::Unknown) << reference.name;
    macs += mac == CheckState::Valid;
    signatures += signature == CheckState::Valid;
    unknown += mac == CheckState::Unknown;
  }
  std::cout << "protection: " << macs << " MACs and " << signatures << " signatures valid, " << unknown
            << " MACs without a key\n";
  EXPECT_GT(macs, 500);
  EXPECT_GT(signatures, 300);
}

TEST(ReferenceMessages, AreNeverCalledValidWithABitOfContentSignatureOrMacFlipped) {
  METERWAY_NEEDS_REFERENCE();
  const auto keys = reference_keys();
  SeededRandom random(20151101);
  for (const auto& reference : tests::reference_messages()) {
    const auto message = read_message(reference.bytes);
    ASSERT_TRUE(message) << reference.name;
    if (!message->mac && message->signature_field != SignatureField::Present) continue;
    const auto start = 8 * protected_start(*message, reference.bytes.size());
    const auto bits = 8 * reference.bytes.size() - start;
    for (int i = 0; i < 4; ++i)
      expect_not_valid(*keys, *message, reference.bytes, start + random.next_u64() % bits, reference.name);
  }
}

TEST(ReferenceMessages, OfEachFormAreNeverCalledValidWithAnyBitFlipped) {
  METERWAY_NEEDS_REFERENCE();
  const auto keys = reference_keys();
  for (const auto* name :
       {"ECS52_11.2_SUCCESS_COMMAND_GBCS", "ECS42_7.1_SUCCESS_COMMAND_GBCS", "ECS42_7.1_SUCCESS_RESPONSE_GBCS"}) {
    const auto text = read_text_file(tests::reference_path() / "hex" / (std::string(name) + ".HEX"));
    ASSERT_TRUE(text) << name;
    const auto bytes = from_hex(*text);
    const auto message = read_message(*bytes);
    ASSERT_TRUE(message) << name;
    for (std::size_t bit = 0; bit < 8 * bytes->size(); ++bit) expect_not_valid(*keys, *message, *bytes, bit, name);
  }
}

TEST(ReferenceMessages, AreRefusedWhenCutShort) {
  METERWAY_NEEDS_REFERENCE();
  for (const auto& reference : tests::reference_messages()) {
    const auto whole = read_message(reference.bytes);
    ASSERT_TRUE(whole) << reference.name;
    for (std::size_t size = 0; size < reference.bytes.size(); ++size) {
      const auto cut = read_message(ByteView(reference.bytes).first(size));
      if (!cut) continue;
      // The one prefix that is a message: a pre-command in the form without signature field.
      EXPECT_EQ(cut->signature_field, SignatureField::Absent) << reference.name << " at " << size;
      EXPECT_EQ(cut->content, whole->content) << reference.name << " at " << size;
    }
  }
}

}  // namespace
}  // namespace meterway::gbcs
