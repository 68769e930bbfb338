#pragma once
#include "base/crypto/aes_gcm.h"
#include "base/crypto/keys.h"
#include "standard/gbcs/message.h"
#include "standard/gbcs/use_cases.h"  // before Mac below: g++ takes Protection::Mac after it for a shadow
#include "standard/pki/key_store.h"

namespace meterway::gbcs {

/// What a derived key is for; the byte stands in the key derivation's other-info.
enum class Purpose : std::uint8_t { CommandMac = 1, ResponseMac = 2, AlertMac = 3, Encryption = 4 };

using MacTag = std::array<std::uint8_t, 12>;

/// The purpose of the MAC key of a message of this kind.
constexpr Purpose mac_purpose(Kind kind) { return static_cast<Purpose>(kind); }

/// Single-step key derivation (SP 800-56A, SHA-256, first 16 bytes) with the GBCS other-info
///
///     60857406080300 | originator:8 | 09 | purpose:1 counter:8 | target:8
///
/// A prepayment token uses CommandMac with the supplier's prepayment key.
crypto::AesKey derive_key(const crypto::SharedSecret& secret, Purpose purpose, Eui64 originator,
                          OriginatorCounter counter, Eui64 target);

/// GMAC over the General-Signing APDU: IV = originator | 00000000, AAD = 11 0000000000 | APDU, tag of 12 bytes.
MacTag compute_mac(const crypto::AesKey& key, Eui64 originator, ByteView signed_part);

/// The MAC key of the message from one private and one public key-agreement key of its pair. The pair of a command is
/// access control broker x device, whoever originated it; that of a response or alert is device x header target.
/// Errors: CryptoFailure.
Result<crypto::AesKey> mac_key(const Header& header, const crypto::PrivateKey& own, const crypto::PublicKey& other);

/// Wraps the message and gives it its MAC. A pre-command without signature field gets the zero length first.
/// Errors: CryptoFailure.
Status add_mac(Message& message, const crypto::PrivateKey& own, const crypto::PublicKey& other);

/// Signs (ECDSA over to_be_signed) and fills the signature field. Errors: CryptoFailure.
Status sign(Message& message, const crypto::PrivateKey& key);
/// False as well when there is no signature.
bool verify_signature(const Message& message, const crypto::PublicKey& key);

/// Invalid: keys are known and do not fit. None: there is nothing to check. Unknown: no key at hand to check it with.
enum class CheckState : std::uint8_t { Valid, Invalid, None, Unknown };
std::string_view to_string(CheckState state);

/// Checks the MAC with whatever private key of the pair the store holds; `access_control_broker` is one side of the
/// pair of a command (it is not in the header), except of one that a device sends to another.
CheckState mac_state(const Message& message, const pki::KeyStore& keys, Eui64 access_control_broker);
/// Checks the signature with the originator's signing certificate.
CheckState signature_state(const Message& message, const pki::KeyStore& keys);

/// The key of encrypted attributes. The device is one side; the other is the supplementary remote party when the
/// header names one, otherwise the header's target (of a response or alert). The counter is the supplementary
/// originator counter when present, otherwise the header's.
/// Errors: UnknownKey when the store lacks the private key of one side or the public key of the other; CryptoFailure.
Result<crypto::AesKey> encryption_key(const Header& header, const pki::KeyStore& keys);
/// The same from keys at hand.
Result<crypto::AesKey> encryption_key(const Header& header, const crypto::PrivateKey& own,
                                      const crypto::PublicKey& other);

/// Encrypts a DLMS Data element or a ZCL payload of `device`: 31 00000000 | ciphertext | tag:12.
Bytes encrypt_attribute(const crypto::AesKey& key, Eui64 device, ByteView plaintext);
/// Errors: Truncated, BadTag (not such a block), BadMac.
Result<Bytes> decrypt_attribute(const crypto::AesKey& key, Eui64 device, ByteView block);

}  // namespace meterway::gbcs
