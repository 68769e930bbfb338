#include "base/crypto/signer.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/crypto/plain.h"

namespace meterway::crypto {

void Signer::Free::operator()(evp_pkey_ctx_st* context) const { EVP_PKEY_CTX_free(context); }

Signer::Context Signer::take() const {
  {
    const std::lock_guard lock(mutex_);
    if (!kept_.empty()) {
      Context out = std::move(kept_.back());
      kept_.pop_back();
      return out;
    }
  }
  Context fresh(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  if (fresh && EVP_PKEY_sign_init(fresh.get()) != 1) fresh.reset();
  return fresh;
}

void Signer::give_back(Context context) const {
  const std::lock_guard lock(mutex_);
  if (kept_.size() < kMostKept) kept_.push_back(std::move(context));
}

Result<EcdsaSignature> Signer::sign(const Sha256Digest& digest) const {
  Context context = take();
  unsigned char der[80];
  std::size_t size = sizeof der;
  if (!context || EVP_PKEY_sign(context.get(), der, &size, digest.data(), digest.size()) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::CryptoFailure, 0, "signature");
  }
  give_back(std::move(context));
  return plain::from_der({der, size});
}

}  // namespace meterway::crypto
