#include "base/crypto/plain.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/crypto/owned.h"

namespace meterway::crypto::plain {
namespace {

using OwnedContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using OwnedPair = Owned<ECDSA_SIG, ECDSA_SIG_free>;

/// r || s to the DER form that OpenSSL takes; empty when r or s is no number OpenSSL can hold.
Bytes to_der(ByteView signature) {
  const OwnedPair pair(ECDSA_SIG_new());
  ECDSA_SIG_set0(pair.get(), BN_bin2bn(signature.data(), 32, nullptr), BN_bin2bn(signature.data() + 32, 32, nullptr));
  Bytes der(80);
  unsigned char* at = der.data();
  const int size = i2d_ECDSA_SIG(pair.get(), &at);
  der.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return der;
}

}  // namespace

bool verify(const PublicKey& key, const Sha256Digest& digest, ByteView signature) {
  if (signature.size() != 64) return false;
  const Bytes der = to_der(signature);
  const OwnedContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.handle(), nullptr));
  const bool good = context && EVP_PKEY_verify_init(context.get()) == 1 &&
                    EVP_PKEY_verify(context.get(), der.data(), der.size(), digest.data(), digest.size()) == 1;
  ERR_clear_error();
  return good;
}

Result<EcdsaSignature> sign(const PrivateKey& key, const Sha256Digest& digest) {
  const OwnedContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.handle(), nullptr));
  unsigned char der[80];
  std::size_t size = sizeof der;
  if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
      EVP_PKEY_sign(context.get(), der, &size, digest.data(), digest.size()) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::CryptoFailure, 0, "signature");
  }
  return from_der({der, size});
}

Result<EcdsaSignature> from_der(ByteView der) {
  const unsigned char* at = der.data();
  const OwnedPair pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  EcdsaSignature signature;
  if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), signature.data(), 32) != 32 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), signature.data() + 32, 32) != 32) {
    return fail(ErrorCode::CryptoFailure, 0, "signature");
  }
  return signature;
}

}  // namespace meterway::crypto::plain
