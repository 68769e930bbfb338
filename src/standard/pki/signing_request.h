#pragma once
#include <string_view>

#include "base/crypto/keys.h"
#include "standard/pki/certificate.h"

namespace meterway::pki {

inline constexpr std::string_view kPemSigningRequest = "CERTIFICATE REQUEST";

/// A certificate signing request: a key on P-256, and the proof that whoever asks has the private one.
///
/// Source:  PKCS#10 (RFC 2986); SMKI takes ecdsa-with-SHA256 alone.
/// Errors:  NotFound, BadBase64 (PEM); TooLarge; BadCertificate (structure); BadKey; BadSignature.
struct SigningRequest {
  crypto::PublicKey key;
  Bytes der;
};
Result<SigningRequest> parse_signing_request(std::string_view pem);
/// With an empty subject, as devices ask. Errors: CryptoFailure.
Result<std::string> make_signing_request(const crypto::PrivateKey& key);

}  // namespace meterway::pki
