#include "base/crypto/aes_gcm.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/crypto/digest.h"

namespace meterway::crypto {
namespace {

void must(int outcome) {
  if (outcome != 1) std::abort();  // encryption of memory fails only when memory is exhausted
}

EVP_CIPHER_CTX* start(const AesKey& key, std::span<const std::uint8_t, 12> iv, std::initializer_list<ByteView> aad,
                      int encrypt) {
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                             &EVP_CIPHER_CTX_free);
  // Fetched once: EVP_aes_128_gcm() would be looked up among the providers, under a lock, every time.
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
  must(EVP_CipherInit_ex(context.get(), cipher, nullptr, key.bytes().data(), iv.data(), encrypt));
  int size = 0;
  for (const auto part : aad) {
    if (!part.empty())
      must(EVP_CipherUpdate(context.get(), nullptr, &size, part.data(), static_cast<int>(part.size())));
  }
  return context.get();
}

}  // namespace

AesKey::AesKey(std::span<const std::uint8_t, 16> bytes) { std::copy(bytes.begin(), bytes.end(), bytes_.begin()); }

AesKey::~AesKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

Bytes gcm_seal(const AesKey& key, std::span<const std::uint8_t, 12> iv, std::initializer_list<ByteView> aad,
               ByteView plaintext, std::span<std::uint8_t> tag) {
  EVP_CIPHER_CTX* context = start(key, iv, aad, 1);
  Bytes out(plaintext.size());
  int size = 0;
  if (!plaintext.empty())
    must(EVP_CipherUpdate(context, out.data(), &size, plaintext.data(), static_cast<int>(plaintext.size())));
  std::uint8_t end[16];
  must(EVP_CipherFinal_ex(context, end, &size));
  must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag.size()), tag.data()));
  return out;
}

Result<Bytes> gcm_open(const AesKey& key, std::span<const std::uint8_t, 12> iv, std::initializer_list<ByteView> aad,
                       ByteView ciphertext, ByteView tag) {
  if (tag.size() < 4 || tag.size() > 16) return fail(ErrorCode::BadMac, 0, "tag length");
  EVP_CIPHER_CTX* context = start(key, iv, aad, 0);
  Bytes out(ciphertext.size());
  int size = 0;
  if (!ciphertext.empty())
    must(EVP_CipherUpdate(context, out.data(), &size, ciphertext.data(), static_cast<int>(ciphertext.size())));
  Bytes copy(tag.begin(), tag.end());
  must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, static_cast<int>(copy.size()), copy.data()));
  std::uint8_t end[16];
  if (EVP_CipherFinal_ex(context, end, &size) != 1) {
    OPENSSL_cleanse(out.data(), out.size());
    return fail(ErrorCode::BadMac, 0, "tag");
  }
  return out;
}

}  // namespace meterway::crypto
