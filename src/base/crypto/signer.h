#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "base/crypto/digest.h"
#include "base/crypto/keys.h"

struct evp_pkey_ctx_st;

namespace meterway::crypto {

/// Signs with one key, its OpenSSL contexts kept ready from one signature to the next: making one costs a tenth of the
/// signature, and asks the providers under a lock that all threads share.
/// Sharing: safe between threads; each signature borrows a context of its own.
class Signer {
 public:
  explicit Signer(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  /// As plain::sign.
  Result<EcdsaSignature> sign(const Sha256Digest& digest) const;

 private:
  struct Free {
    void operator()(evp_pkey_ctx_st* context) const;
  };
  using Context = std::unique_ptr<evp_pkey_ctx_st, Free>;
  Context take() const;
  void give_back(Context context) const;

  static constexpr std::size_t kMostKept = 32;
  std::shared_ptr<evp_pkey_st> key_;
  mutable std::mutex mutex_;
  mutable std::vector<Context> kept_;
};

}  // namespace meterway::crypto
