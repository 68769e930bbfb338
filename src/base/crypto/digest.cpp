#include "base/crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace meterway::crypto {
namespace {

template <std::size_t Size>
std::array<std::uint8_t, Size> digest(const EVP_MD* kind, std::initializer_list<ByteView> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                     &EVP_MD_CTX_free);
  std::array<std::uint8_t, Size> out{};
  // Digests of memory fail only when memory is exhausted; there is no input that makes them fail.
  if (EVP_DigestInit_ex(context.get(), kind, nullptr) != 1) std::abort();
  for (const auto part : parts) {
    if (EVP_DigestUpdate(context.get(), part.data(), part.size()) != 1) std::abort();
  }
  if (EVP_DigestFinal_ex(context.get(), out.data(), nullptr) != 1) std::abort();
  return out;
}

}  // namespace

Sha256Digest sha256(std::initializer_list<ByteView> parts) {
  // Fetched once: EVP_sha256() would be looked up among the providers, under a lock, every time.
  static const EVP_MD* const kind = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return digest<32>(kind, parts);
}

std::array<std::uint8_t, 20> sha1(ByteView bytes) { return digest<20>(EVP_sha1(), {bytes}); }

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace meterway::crypto
