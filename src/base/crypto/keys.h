#pragma once
#include <array>
#include <memory>

#include "base/util/bytes.h"
#include "base/util/result.h"

struct evp_pkey_st;

namespace meterway::crypto {

/// r (32 bytes) then s (32 bytes): the plain form that GBCS and XML signatures use, not DER.
using EcdsaSignature = std::array<std::uint8_t, 64>;
/// The x coordinate of an ECDH result.
using SharedSecret = std::array<std::uint8_t, 32>;

/// A NIST P-256 public key. OpenSSL's handle costs three times the verification it serves, so it is made when it is
/// first needed, and kept: most of the keys of an inventory are only read. Sharing: immutable, cheap to copy, safe
/// between threads.
class PublicKey {
 public:
  /// From the 65-byte uncompressed point. Errors: BadKey (not on the curve, wrong form).
  static Result<PublicKey> from_point(ByteView point);
  /// From a DER SubjectPublicKeyInfo; only P-256 with a named curve and an uncompressed point. Errors: BadKey.
  static Result<PublicKey> from_spki(ByteView der);

  /// The 65-byte uncompressed point.
  ByteView point() const { return point_; }
  /// True when the signature over SHA-256(parts...) is right. Malformed r or s is simply wrong. Quicker once the key
  /// has been used often (verify_table.h).
  bool verify(std::initializer_list<ByteView> parts, ByteView signature) const;
  bool verify(ByteView message, ByteView signature) const { return verify({message}, signature); }

  friend bool operator==(const PublicKey& a, const PublicKey& b) { return a.point_ == b.point_; }
  /// Null when OpenSSL has no memory for it.
  evp_pkey_st* handle() const;

 private:
  struct Handle;
  PublicKey() = default;
  std::shared_ptr<Handle> handle_;
  Bytes point_;
};

class AgreedSecrets;
class Signer;

/// A NIST P-256 private key: a handle that signs and agrees. Its number cannot be read back except to write a key
/// file. Sharing: immutable, safe between threads.
class PrivateKey {
 public:
  static Result<PrivateKey> generate();
  /// From unencrypted PKCS#8 or SEC1, DER or PEM. Errors: BadKey.
  static Result<PrivateKey> from_encoded(ByteView pem_or_der);
  /// From the 32-byte scalar (for vectors). Errors: BadKey.
  static Result<PrivateKey> from_scalar(ByteView scalar);

  const PublicKey& public_key() const { return public_; }
  Result<EcdsaSignature> sign(std::initializer_list<ByteView> parts) const;
  Result<EcdsaSignature> sign(ByteView message) const { return sign({message}); }
  /// ECDH (cofactor Diffie-Hellman, C(0e,2s)): the shared x coordinate. Worked out once
  /// with each other key, then remembered (bounded, wiped). Errors: CryptoFailure.
  Result<SharedSecret> agree(const PublicKey& other) const;
  /// PKCS#8 DER, to write a key file.
  Bytes to_pkcs8() const;
  evp_pkey_st* handle() const { return handle_.get(); }

 private:
  PrivateKey(std::shared_ptr<evp_pkey_st> handle, PublicKey key);
  static Result<PrivateKey> adopt(evp_pkey_st* key);
  std::shared_ptr<evp_pkey_st> handle_;
  PublicKey public_;
  std::shared_ptr<Signer> signer_;
  std::shared_ptr<AgreedSecrets> agreed_;
};

}  // namespace meterway::crypto
