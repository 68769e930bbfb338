#pragma once
#include <optional>
#include <string_view>

#include "base/crypto/keys.h"
#include "standard/pki/certificate.h"
#include "standard/pki/key_store.h"

namespace meterway::pki {

inline constexpr std::string_view kPemSigningRequest = "CERTIFICATE REQUEST";

/// A certificate signing request: a key on P-256, and the proof that whoever asks has the private one.
///
/// Source:  PKCS#10 (RFC 2986); SMKI takes ecdsa-with-SHA256 alone. What a device asks for stands in its extension
///          request: a critical keyUsage, and its EUI-64 in a critical subjectAltName; its subject is empty. The
///          reference messages of CS02c have the bytes.
/// Errors:  NotFound, BadBase64 (PEM); TooLarge; BadCertificate (structure); BadKey; BadSignature.
struct SigningRequest {
  crypto::PublicKey key;
  Bytes der;
  std::optional<Eui64> device;  ///< for whom a device asks; none when it does not say so
  std::uint16_t key_usage = 0;  ///< KeyUsageBit; 0 when it asks for none
};
Result<SigningRequest> parse_signing_request(std::string_view pem);
Result<SigningRequest> parse_signing_request_der(ByteView der);

/// As a device asks for a certificate of its own: DER. Errors: CryptoFailure.
Result<Bytes> make_device_request(const crypto::PrivateKey& key, Eui64 device, KeyUse use);
/// PEM, with an empty subject and no wishes. Errors: CryptoFailure.
Result<std::string> make_signing_request(const crypto::PrivateKey& key);

}  // namespace meterway::pki
