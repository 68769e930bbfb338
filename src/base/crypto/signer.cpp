// ECDSA_do_sign_ex, the one way to sign with what was prepared, is deprecated since OpenSSL 3.0 without a successor.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/crypto/signer.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/crypto/nonces.h"

namespace meterway::crypto {

std::optional<EcdsaSignature> Signer::sign(const Sha256Digest& digest) const {
  std::call_once(looked_, [this] {
    number_ = EVP_PKEY_get0_EC_KEY(key_.get());
    ERR_clear_error();
  });
  if (number_ == nullptr) return std::nullopt;
  const auto nonce = take_nonce();
  if (!nonce) return std::nullopt;
  // The key is only read: that it is not const serves methods other than OpenSSL's own.
  const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_do_sign_ex(digest.data(), static_cast<int>(digest.size()),
                                                               nonce->inverse.get(), nonce->r.get(),
                                                               const_cast<EC_KEY*>(number_)));
  EcdsaSignature out;
  if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out.data(), 32) != 32 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out.data() + 32, 32) != 32) {
    ERR_clear_error();
    return std::nullopt;
  }
  return out;
}

}  // namespace meterway::crypto
