#pragma once
#include "base/crypto/digest.h"
#include "base/crypto/keys.h"

/// ECDSA as OpenSSL's general interface does it, with nothing kept from one call to the next but the parsed key: what
/// quicker ways must agree with, and what their cost is measured against.
namespace meterway::crypto::plain {

/// Malformed r or s is simply wrong.
bool verify(const PublicKey& key, const Sha256Digest& digest, ByteView signature);
/// Errors: CryptoFailure.
Result<EcdsaSignature> sign(const PrivateKey& key, const Sha256Digest& digest);
/// r || s of the DER form that OpenSSL gives. Errors: CryptoFailure.
Result<EcdsaSignature> from_der(ByteView der);

}  // namespace meterway::crypto::plain
