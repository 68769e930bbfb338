#include "base/crypto/keys.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <iterator>
#include <mutex>
#include <string_view>

#include "base/crypto/digest.h"
#include "base/crypto/owned.h"
#include "base/crypto/p256.h"
#include "base/crypto/plain.h"
#include "base/crypto/secrets.h"
#include "base/crypto/signer.h"
#include "base/crypto/verify_table.h"

namespace meterway::crypto {
namespace {

using OwnedKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using OwnedContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using OwnedNumber = Owned<BIGNUM, BN_clear_free>;

bool is_p256(EVP_PKEY* key) {
  char group[32] = {};
  std::size_t size = 0;
  return EVP_PKEY_get_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1 &&
         std::string_view(group) == "prime256v1";
}

Result<Bytes> point_of(EVP_PKEY* key) {
  unsigned char point[65];
  std::size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &size) != 1 || size != 65 ||
      point[0] != 4) {
    ERR_clear_error();
    return fail(ErrorCode::BadKey, 0, "public key");
  }
  return Bytes(point, point + size);
}

/// The handle, from a point and optionally the scalar that made it.
OwnedKey build(ByteView point, const BIGNUM* scalar) {
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  if (scalar != nullptr) OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar);
  const Owned<OSSL_PARAM, OSSL_PARAM_free> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const OwnedContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, scalar != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                        params.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return OwnedKey(key);
}

/// P-256 has as many points as its order, a prime: a point on the curve is a good key.
bool on_curve(ByteView point) {
  const Owned<EC_POINT, EC_POINT_free> read(EC_POINT_new(p256()));
  const bool good = read && EC_POINT_oct2point(p256(), read.get(), point.data(), point.size(), nullptr) == 1;
  ERR_clear_error();
  return good;
}

/// SubjectPublicKeyInfo of a P-256 key with a named curve, up to its uncompressed point.
constexpr std::uint8_t kSpkiHead[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                                      0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

std::shared_ptr<EVP_PKEY> share(OwnedKey key) { return {key.release(), &EVP_PKEY_free}; }

}  // namespace

struct PublicKey::Handle {
  std::once_flag made;
  OwnedKey key;
};

Result<PublicKey> PublicKey::from_point(ByteView point) {
  if (point.size() != 65 || point[0] != 4) return fail(ErrorCode::BadKey, 0, "public key point");
  if (!on_curve(point)) return fail(ErrorCode::BadKey, 0, "public key point");
  PublicKey result;
  result.handle_ = std::make_shared<Handle>();
  result.point_.assign(point.begin(), point.end());
  return result;
}

Result<PublicKey> PublicKey::from_spki(ByteView der) {
  const bool fits =
      der.size() == std::size(kSpkiHead) + 65 && std::equal(std::begin(kSpkiHead), std::end(kSpkiHead), der.begin());
  if (!fits) return fail(ErrorCode::BadKey, 0, "public key");
  return from_point(der.last(65));
}

evp_pkey_st* PublicKey::handle() const {
  std::call_once(handle_->made, [&] { handle_->key = build(point_, nullptr); });
  return handle_->key.get();
}

bool PublicKey::verify(std::initializer_list<ByteView> parts, ByteView signature) const {
  const auto digest = sha256(parts);
  if (const auto table = verify_table_of(point_)) return table->verify(digest, signature);
  return plain::verify(*this, digest, signature);
}

PrivateKey::PrivateKey(std::shared_ptr<evp_pkey_st> handle, PublicKey key)
    : handle_(std::move(handle)),
      public_(std::move(key)),
      signer_(std::make_shared<Signer>(handle_)),
      agreed_(std::make_shared<AgreedSecrets>()) {}

Result<PrivateKey> PrivateKey::adopt(evp_pkey_st* raw) {
  OwnedKey key(raw);
  if (!key || !is_p256(key.get())) return fail(ErrorCode::BadKey, 0, "private key");
  METERWAY_TRY(const Bytes point, point_of(key.get()));
  METERWAY_TRY(PublicKey public_key, PublicKey::from_point(point));
  return PrivateKey(share(std::move(key)), std::move(public_key));
}

Result<PrivateKey> PrivateKey::generate() { return adopt(EVP_EC_gen("P-256")); }

Result<PrivateKey> PrivateKey::from_encoded(ByteView text) {
  static constexpr std::string_view kPem = "-----BEGIN";
  EVP_PKEY* key = nullptr;
  if (text.size() > kPem.size() && std::search(text.begin(), text.end(), kPem.begin(), kPem.end()) != text.end()) {
    const Owned<BIO, BIO_free> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    // An encrypted key would ask a person for a pass phrase: the call-back refuses instead.
    key = PEM_read_bio_PrivateKey(
        bio.get(), nullptr, [](char*, int, int, void*) { return -1; }, nullptr);
  } else {
    const unsigned char* at = text.data();
    key = d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(text.size()));
    if (key != nullptr && at != text.data() + text.size()) {
      EVP_PKEY_free(key);
      key = nullptr;
    }
  }
  ERR_clear_error();
  if (key == nullptr) return fail(ErrorCode::BadKey, 0, "private key");
  return adopt(key);
}

Result<PrivateKey> PrivateKey::from_scalar(ByteView scalar) {
  const OwnedNumber number(BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), nullptr));
  const Owned<EC_POINT, EC_POINT_free> point(EC_POINT_new(p256()));
  unsigned char encoded[65];
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(p256())) >= 0 ||
      EC_POINT_mul(p256(), point.get(), number.get(), nullptr, nullptr, nullptr) != 1 ||
      EC_POINT_point2oct(p256(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded, sizeof encoded, nullptr) !=
          sizeof encoded) {
    ERR_clear_error();
    return fail(ErrorCode::BadKey, 0, "private key scalar");
  }
  return adopt(build(encoded, number.get()).release());
}

Result<EcdsaSignature> PrivateKey::sign(std::initializer_list<ByteView> parts) const {
  const auto digest = sha256(parts);
  if (const auto signature = signer_->sign(digest)) return *signature;
  return plain::sign(*this, digest);
}

Result<SharedSecret> PrivateKey::agree(const PublicKey& other) const {
  if (const auto known = agreed_->find(other.point())) return *known;
  const OwnedContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, handle_.get(), nullptr));
  SharedSecret secret;
  std::size_t size = secret.size();
  // The peer's point was checked when its handle was made.
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer_ex(context.get(), other.handle(), 0) != 1 ||
      EVP_PKEY_derive(context.get(), secret.data(), &size) != 1 || size != secret.size()) {
    ERR_clear_error();
    return fail(ErrorCode::CryptoFailure, 0, "key agreement");
  }
  agreed_->keep(other.point(), secret);
  return secret;
}

Bytes PrivateKey::to_pkcs8() const {
  const Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(EVP_PKEY2PKCS8(handle_.get()));
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
  if (size <= 0) return {};
  Bytes out(der, der + size);
  OPENSSL_clear_free(der, static_cast<std::size_t>(size));
  return out;
}

}  // namespace meterway::crypto
