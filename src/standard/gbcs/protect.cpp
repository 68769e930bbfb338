#include "standard/gbcs/protect.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::gbcs {
namespace {

constexpr std::uint8_t kAuthenticated = 0x11;
constexpr std::uint8_t kAuthenticatedEncrypted = 0x31;
constexpr std::size_t kTagSize = 12;

/// Initialisation vector: the identifier and a zero invocation counter. A key serves one message only.
std::array<std::uint8_t, 12> iv_of(Eui64 originator) {
  std::array<std::uint8_t, 12> iv{};
  const auto id = originator.wire();
  std::copy(id.begin(), id.end(), iv.begin());
  return iv;
}

struct Pair {
  Eui64 a;
  Eui64 b;
};

/// Calls `derive(private, public)` with the first way round for which the store holds both keys.
template <class Derive>
Result<crypto::AesKey> with_pair(const pki::KeyStore& keys, Pair pair, Derive derive) {
  for (const auto& [own, other] : {Pair{pair.a, pair.b}, Pair{pair.b, pair.a}}) {
    const auto* private_key = keys.private_key(own, pki::KeyUse::KeyAgreement);
    if (private_key == nullptr) continue;
    const auto* public_key = keys.public_key(other, pki::KeyUse::KeyAgreement);
    if (public_key != nullptr) return derive(*private_key, *public_key);
  }
  return fail(ErrorCode::UnknownKey, 0, "key agreement");
}

/// Who reads what the device encrypts, and under which counter.
Eui64 reader_of(const Header& header) { return header.supplementary_party.value_or(header.target); }
OriginatorCounter encryption_counter(const Header& header) {
  return header.supplementary_originator_counter.value_or(header.counter);
}

}  // namespace

crypto::AesKey derive_key(const crypto::SharedSecret& secret, Purpose purpose, Eui64 originator,
                          OriginatorCounter counter, Eui64 target) {
  const auto other_info = wire::Writer()
                              .bytes({0x60, 0x85, 0x74, 0x06, 0x08, 0x03, 0x00})
                              .u64(originator.value())
                              .u8(9)
                              .u8(static_cast<std::uint8_t>(purpose))
                              .u64(counter.value)
                              .u64(target.value())
                              .take();
  const std::uint8_t round[4] = {0, 0, 0, 1};
  const auto digest = crypto::sha256({ByteView(round), ByteView(secret), ByteView(other_info)});
  return crypto::AesKey(std::span(digest).first<16>());
}

MacTag compute_mac(const crypto::AesKey& key, Eui64 originator, ByteView signed_part) {
  // The five zero bytes stand for the five empty strings of the wrapper's header.
  const std::uint8_t header[6] = {kAuthenticated, 0, 0, 0, 0, 0};
  MacTag mac{};
  crypto::gcm_seal(key, iv_of(originator), {ByteView(header), signed_part}, {}, mac);
  return mac;
}

Result<crypto::AesKey> mac_key(const Header& header, const crypto::PrivateKey& own, const crypto::PublicKey& other) {
  METERWAY_TRY(const auto secret, own.agree(other));
  return derive_key(secret, mac_purpose(header.kind), header.originator, header.counter, header.target);
}

Status add_mac(Message& message, const crypto::PrivateKey& own, const crypto::PublicKey& other) {
  METERWAY_TRY(const auto key, mac_key(message.header, own, other));
  if (message.signature_field == SignatureField::Absent) message.signature_field = SignatureField::Empty;
  message.mac = compute_mac(key, message.header.originator, write_signed_part(message));
  return {};
}

Status sign(Message& message, const crypto::PrivateKey& key) {
  METERWAY_TRY(message.signature, key.sign(to_be_signed(message)));
  message.signature_field = SignatureField::Present;
  return {};
}

bool verify_signature(const Message& message, const crypto::PublicKey& key) {
  return message.signature_field == SignatureField::Present && key.verify(to_be_signed(message), message.signature);
}

std::string_view to_string(CheckState state) {
  switch (state) {
    case CheckState::Valid:
      return "valid";
    case CheckState::Invalid:
      return "invalid";
    case CheckState::None:
      return "none";
    case CheckState::Unknown:
      return "unknown";
  }
  return "unknown";
}

CheckState mac_state(const Message& message, const pki::KeyStore& keys, Eui64 access_control_broker) {
  if (!message.mac) return CheckState::None;
  const auto& header = message.header;
  const auto* use_case = find_use_case(header.code);
  const bool through_broker = header.kind == Kind::Command && !(use_case != nullptr && use_case->between_devices());
  const Eui64 partner = through_broker ? access_control_broker : header.originator;
  const auto key = with_pair(keys, Pair{header.target, partner},
                             [&](const auto& own, const auto& other) { return mac_key(header, own, other); });
  if (!key) return CheckState::Unknown;
  const auto want = compute_mac(*key, header.originator, write_signed_part(message));
  return crypto::equal_constant_time(want, *message.mac) ? CheckState::Valid : CheckState::Invalid;
}

CheckState signature_state(const Message& message, const pki::KeyStore& keys) {
  if (message.signature_field != SignatureField::Present) return CheckState::None;
  const auto* key = keys.public_key(message.header.originator, pki::KeyUse::DigitalSignature);
  if (key == nullptr) return CheckState::Unknown;
  return verify_signature(message, *key) ? CheckState::Valid : CheckState::Invalid;
}

Result<crypto::AesKey> encryption_key(const Header& header, const crypto::PrivateKey& own,
                                      const crypto::PublicKey& other) {
  METERWAY_TRY(const auto secret, own.agree(other));
  return derive_key(secret, Purpose::Encryption, header.originator, encryption_counter(header), reader_of(header));
}

Result<crypto::AesKey> encryption_key(const Header& header, const pki::KeyStore& keys) {
  return with_pair(keys, Pair{reader_of(header), header.originator},
                   [&](const auto& own, const auto& other) { return encryption_key(header, own, other); });
}

Bytes encrypt_attribute(const crypto::AesKey& key, Eui64 device, ByteView plaintext) {
  const std::uint8_t control[1] = {kAuthenticatedEncrypted};
  std::array<std::uint8_t, kTagSize> tag{};
  const auto ciphertext = crypto::gcm_seal(key, iv_of(device), {ByteView(control)}, plaintext, tag);
  return wire::Writer().u8(kAuthenticatedEncrypted).u32(0).bytes(ciphertext).bytes(tag).take();
}

Result<Bytes> decrypt_attribute(const crypto::AesKey& key, Eui64 device, ByteView block) {
  wire::Reader in(block);
  in.expect({kAuthenticatedEncrypted, 0, 0, 0, 0}, "ciphered header");
  if (in.ok() && in.left() < kTagSize) in.fail(ErrorCode::Truncated, "ciphered data");
  const auto ciphertext = in.take(in.left() < kTagSize ? 0 : in.left() - kTagSize, "ciphertext");
  const auto tag = in.take(kTagSize, "tag");
  METERWAY_CHECK(in.finish());
  const std::uint8_t control[1] = {kAuthenticatedEncrypted};
  return crypto::gcm_open(key, iv_of(device), {ByteView(control)}, ciphertext, tag);
}

}  // namespace meterway::gbcs
