#pragma once
#include <array>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway::crypto {

/// AES-128 key that wipes itself.
class AesKey {
 public:
  explicit AesKey(std::span<const std::uint8_t, 16> bytes);
  AesKey(const AesKey&) = default;
  AesKey& operator=(const AesKey&) = default;
  ~AesKey();
  std::span<const std::uint8_t, 16> bytes() const { return bytes_; }

 private:
  std::array<std::uint8_t, 16> bytes_;
};

/// AES-128-GCM with a 12-byte initialisation vector. `tag` receives its own size in bytes (4..16).
/// Returns the ciphertext, as long as the plaintext.
Bytes gcm_seal(const AesKey& key, std::span<const std::uint8_t, 12> iv, std::initializer_list<ByteView> aad,
               ByteView plaintext, std::span<std::uint8_t> tag);

/// Errors: BadMac when the tag (4..16 bytes) does not fit.
Result<Bytes> gcm_open(const AesKey& key, std::span<const std::uint8_t, 12> iv, std::initializer_list<ByteView> aad,
                       ByteView ciphertext, ByteView tag);

}  // namespace meterway::crypto
