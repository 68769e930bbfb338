#include "standard/pki/cms.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>

#include "base/crypto/owned.h"

namespace meterway::pki {
namespace {

using Cms = crypto::Owned<CMS_ContentInfo, CMS_ContentInfo_free>;
using Bio = crypto::Owned<BIO, BIO_free_all>;
using X = crypto::Owned<X509, X509_free>;
using Key = crypto::Owned<EVP_PKEY, EVP_PKEY_free>;
void free_all(STACK_OF(X509) * all) { sk_X509_pop_free(all, X509_free); }
using Xs = crypto::Owned<STACK_OF(X509), free_all>;

Unexpected<Error> refuse(ErrorCode code, const char* what) {
  ERR_clear_error();
  return fail(code, 0, what);
}

X x509_of(const Certificate& certificate) {
  const auto* der = certificate.der.data();
  return X(d2i_X509(nullptr, &der, static_cast<long>(certificate.der.size())));
}

bool is(const X509_ALGOR* algorithm, int nid) {
  const ASN1_OBJECT* name = nullptr;
  if (algorithm != nullptr) X509_ALGOR_get0(&name, nullptr, nullptr, algorithm);
  return name != nullptr && OBJ_obj2nid(name) == nid;
}

/// The content of the first element of `at`, with this tag; `at` goes behind it. Empty when it is another, or not DER.
ByteView element(ByteView& at, int tag, int tag_class = V_ASN1_UNIVERSAL) {
  const auto* content = at.data();
  long size = 0;
  int found_tag = 0, found_class = 0;
  const auto form = ASN1_get_object(&content, &size, &found_tag, &found_class, static_cast<long>(at.size()));
  constexpr int kBroken = 0x80, kIndefinite = 0x01;
  if ((form & (kBroken | kIndefinite)) != 0 || found_tag != tag || found_class != tag_class) return {};
  at = at.subspan(static_cast<std::size_t>(content - at.data()) + static_cast<std::size_t>(size));
  return {content, static_cast<std::size_t>(size)};
}

/// The versions are those that RFC 5652, sections 5.1 and 5.3, prescribe; OpenSSL does not look at them.
bool has_right_versions(ByteView der, CMS_SignerInfo* signer) {
  ASN1_OCTET_STRING* key_id = nullptr;
  if (CMS_SignerInfo_get0_signer_id(signer, &key_id, nullptr, nullptr) != 1) return false;
  const std::uint8_t expected = key_id != nullptr ? 3 : 1;
  const auto is_expected = [&](ByteView version) { return version.size() == 1 && version[0] == expected; };
  auto at = element(der, V_ASN1_SEQUENCE);  // ContentInfo
  (void)element(at, V_ASN1_OBJECT);
  at = element(at, 0, V_ASN1_CONTEXT_SPECIFIC);
  at = element(at, V_ASN1_SEQUENCE);  // SignedData
  if (!is_expected(element(at, V_ASN1_INTEGER))) return false;
  (void)element(at, V_ASN1_SET);                                                           // digestAlgorithms
  (void)element(at, V_ASN1_SEQUENCE);                                                      // encapContentInfo
  for (const int optional : {0, 1}) (void)element(at, optional, V_ASN1_CONTEXT_SPECIFIC);  // certificates, crls
  at = element(at, V_ASN1_SET);                                                            // signerInfos
  at = element(at, V_ASN1_SEQUENCE);
  return is_expected(element(at, V_ASN1_INTEGER));
}

/// SignedData without content and with one signer, SHA-256 and ECDSA throughout; nothing may follow it.
Result<Cms> read_signature(ByteView der) {
  if (der.size() > kMaxCmsBytes) return fail(ErrorCode::TooLarge, 0, "signature");
  const Bio bio(BIO_new_mem_buf(der.data(), static_cast<int>(der.size())));
  Cms out(d2i_CMS_bio(bio.get(), nullptr));
  if (!out || BIO_pending(bio.get()) != 0) return refuse(ErrorCode::BadSignature, "no CMS structure");
  if (OBJ_obj2nid(CMS_get0_type(out.get())) != NID_pkcs7_signed) return refuse(ErrorCode::Unsupported, "no SignedData");
  if (CMS_is_detached(out.get()) != 1 || OBJ_obj2nid(CMS_get0_eContentType(out.get())) != NID_pkcs7_data)
    return refuse(ErrorCode::Unsupported, "content of a detached signature");
  const auto* signers = CMS_get0_SignerInfos(out.get());
  if (signers == nullptr || sk_CMS_SignerInfo_num(signers) != 1) return refuse(ErrorCode::Unsupported, "signers");
  X509_ALGOR *digest = nullptr, *signature = nullptr;
  CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(signers, 0), nullptr, nullptr, &digest, &signature);
  if (!is(digest, NID_sha256) || !is(signature, NID_ecdsa_with_SHA256))
    return refuse(ErrorCode::Unsupported, "algorithm of the signature");
  if (!has_right_versions(der, sk_CMS_SignerInfo_value(signers, 0))) return refuse(ErrorCode::BadSignature, "version");
  return out;
}

CMS_SignerInfo* signer_of(const Cms& cms) { return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms.get()), 0); }

/// The certificates that lie in it.
Result<std::vector<Certificate>> certificates_in(const Cms& cms) {
  const Xs all(CMS_get1_certs(cms.get()));
  std::vector<Certificate> out;
  for (int i = 0; all && i < sk_X509_num(all.get()); ++i) {
    if (out.size() == kMostCmsCertificates) return refuse(ErrorCode::TooLarge, "certificates");
    Bytes der(static_cast<std::size_t>(std::max(0, i2d_X509(sk_X509_value(all.get(), i), nullptr))));
    auto* to = der.data();
    i2d_X509(sk_X509_value(all.get(), i), &to);
    METERWAY_TRY(auto certificate, parse_certificate(der));
    out.push_back(std::move(certificate));
  }
  return out;
}

bool names(CMS_SignerInfo* signer, const Certificate& certificate) {
  const X one = x509_of(certificate);
  return one && CMS_SignerInfo_cert_cmp(signer, one.get()) == 0;
}

/// The signature fits the content, by the key of `by`.
Status check_content(const Cms& cms, const Certificate& by, const Content& content) {
  auto* signer = signer_of(cms);
  const X own = x509_of(by);
  if (!own) return refuse(ErrorCode::BadCertificate, "of the signer");
  CMS_SignerInfo_set1_signer_cert(signer, own.get());
  Bio nowhere(BIO_new(BIO_s_null()));
  const Bio digests(CMS_dataInit(cms.get(), nowhere.get()));
  if (!digests) return refuse(ErrorCode::Unsupported, "digest algorithms");
  (void)nowhere.release();  // the end of the chain that it was put behind
  METERWAY_CHECK(content([&](ByteView piece) -> Status {
    const auto size = static_cast<int>(piece.size());
    if (size > 0 && BIO_write(digests.get(), piece.data(), size) != size)
      return refuse(ErrorCode::CryptoFailure, "digest");
    return {};
  }));
  const bool has_attributes = CMS_signed_get_attr_count(signer) >= 0;
  if (has_attributes && CMS_SignerInfo_verify(signer) != 1)
    return refuse(ErrorCode::BadSignature, "of the signed attributes");
  if (CMS_SignerInfo_verify_content(signer, digests.get()) != 1)
    return refuse(has_attributes ? ErrorCode::BadDigest : ErrorCode::BadSignature, "of the content");
  return {};
}

bool may_sign_certificates(const Certificate& certificate) {
  return certificate.authority.value_or(false) && (certificate.key_usage & kUsageKeyCertSign) != 0;
}

}  // namespace

Content content_of(ByteView bytes) {
  return [bytes](const std::function<Status(ByteView)>& take) { return take(bytes); };
}

Result<CmsSigner> verify_detached(const Content& content, ByteView signature) {
  METERWAY_TRY(const auto cms, read_signature(signature));
  METERWAY_TRY(auto certificates, certificates_in(cms));
  const auto found = std::find_if(certificates.begin(), certificates.end(),
                                  [&](const Certificate& one) { return names(signer_of(cms), one); });
  if (found == certificates.end()) return refuse(ErrorCode::BadCertificate, "the signer's certificate is not there");
  CmsSigner out{std::move(*found), {}};
  certificates.erase(found);
  out.others = std::move(certificates);
  METERWAY_CHECK(check_content(cms, out.certificate, content));
  return out;
}

Status verify_detached_by(const Certificate& signer, const Content& content, ByteView signature) {
  METERWAY_TRY(const auto cms, read_signature(signature));
  if (!names(signer_of(cms), signer)) return refuse(ErrorCode::BadSignature, "by another certificate");
  return check_content(cms, signer, content);
}

Result<Bytes> sign_detached(ByteView content, const Certificate& signer, const crypto::PrivateKey& key,
                            const std::vector<Certificate>& others) {
  const X own = x509_of(signer);
  auto secret = key.to_pkcs8();
  const auto* at = secret.data();
  const Key pkey(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(secret.size())));
  OPENSSL_cleanse(secret.data(), secret.size());
  const Xs more(sk_X509_new_null());
  for (const auto& other : others) {
    X one = x509_of(other);
    if (one && sk_X509_push(more.get(), one.get()) > 0) (void)one.release();
  }
  const Bio data(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  const Cms cms(CMS_sign(own.get(), pkey.get(), more.get(), data.get(), CMS_BINARY | CMS_DETACHED | CMS_NOATTR));
  if (!cms) return refuse(ErrorCode::CryptoFailure, "signature of a file");
  Bytes out(static_cast<std::size_t>(std::max(0, i2d_CMS_ContentInfo(cms.get(), nullptr))));
  auto* to = out.data();
  i2d_CMS_ContentInfo(cms.get(), &to);
  return out;
}

Status check_chain(const Certificate& certificate, const std::vector<Certificate>& others,
                   const std::vector<Certificate>& trusted, UtcTime time) {
  bool expired = false;
  const Certificate* at = &certificate;
  std::vector<const Certificate*> passed;
  for (std::size_t depth = 0; depth <= others.size(); ++depth) {
    if (!at->covers(time)) expired = true;
    const auto signs = [&](const Certificate& issuer) {
      return may_sign_certificates(issuer) && issuer.path_length.value_or(UINT32_MAX) >= depth &&
             at->is_signed_by(issuer);
    };
    const auto anchor = std::find_if(trusted.begin(), trusted.end(), signs);
    if (anchor != trusted.end()) {
      if (expired || !anchor->covers(time)) return fail(ErrorCode::Expired, 0, "certificate");
      const bool idle = std::any_of(others.begin(), others.end(), [&](const Certificate& other) {
        return std::find(passed.begin(), passed.end(), &other) == passed.end() &&
               std::none_of(trusted.begin(), trusted.end(), [&](const Certificate& t) { return t.der == other.der; });
      });
      return idle ? Status(fail(ErrorCode::BadCertificate, 0, "one that is no part of the chain")) : Status();
    }
    const auto above = std::find_if(others.begin(), others.end(), signs);
    if (above == others.end()) break;
    at = &*above;
    passed.push_back(at);
  }
  return fail(ErrorCode::BadCertificate, 0, "leads to no trusted authority");
}

}  // namespace meterway::pki
