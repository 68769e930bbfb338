#pragma once
#include <memory>
#include <mutex>
#include <optional>

#include "base/crypto/digest.h"
#include "base/crypto/keys.h"

struct ec_key_st;

namespace meterway::crypto {

/// Signs with one key by numbers that were prepared beforehand (nonces.h), at half the cost of OpenSSL's general
/// interface. Sharing: safe between threads.
class Signer {
 public:
  explicit Signer(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  /// Nothing where this way is closed: the key does not show its number, or there is no memory. plain::sign may know
  /// another.
  std::optional<EcdsaSignature> sign(const Sha256Digest& digest) const;

 private:
  const std::shared_ptr<evp_pkey_st> key_;
  mutable std::once_flag looked_;
  mutable const ec_key_st* number_ = nullptr;  ///< of key_
};

}  // namespace meterway::crypto
