// Who sends these bytes: any User, as the value of an XML signature or of a signed pre-command; the digest is that of
// a document of theirs. Law: a table verifies exactly what OpenSSL's general interface verifies, also for what lies a
// bit beside a right signature.
// Covers: src/base/crypto/verify_table.cpp, src/base/crypto/public_inverse.cpp
#include <algorithm>
#include <cstdlib>

#include "base/crypto/plain.h"
#include "base/crypto/verify_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  static const auto key = crypto::PrivateKey::generate().value();
  static const auto table = crypto::VerifyTable::make(key.public_key().point());
  if (!table) std::abort();
  const ByteView input(data, size);
  const auto digest = crypto::sha256(input);
  const auto agree = [&](const crypto::Sha256Digest& of, ByteView signature) {
    const bool valid = crypto::plain::verify(key.public_key(), of, signature);
    if (table->verify(of, signature) != valid) std::abort();
    return valid;
  };
  agree(digest, input.first(std::min<std::size_t>(size, 64)));
  auto signature = crypto::plain::sign(key, digest).value();
  if (!agree(digest, signature)) std::abort();
  for (std::size_t i = 0; i + 1 < size && i < 8; i += 2) signature[data[i] % 64] ^= data[i + 1];
  agree(digest, signature);
  crypto::Sha256Digest chosen{};
  std::copy_n(data, std::min<std::size_t>(size, 32), chosen.begin());
  agree(chosen, signature);
  return 0;
}
