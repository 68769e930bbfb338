#include "oversight/registration/signature.h"

#include <openssl/evp.h>

#include "base/crypto/owned.h"
#include "records/registry/octets.h"
#include "standard/pki/cms.h"

namespace meterway::registration {

Status check_signature(const Content& content, const crypto::Sha256Digest& digest, std::string_view signature,
                       std::string_view certificate_pem, UtcTime now) {
  if (certificate_pem.empty()) return fail(ErrorCode::BadCertificate, 0, "the sender has given none");
  METERWAY_TRY(const auto certificate, pki::parse_certificate(registry::bytes_of(certificate_pem)));
  if (!certificate.covers(now)) return fail(ErrorCode::Expired, 0, "certificate of the sender");
  const crypto::Owned<EVP_MD_CTX, EVP_MD_CTX_free> own(EVP_MD_CTX_new());
  EVP_DigestInit_ex(own.get(), EVP_sha256(), nullptr);
  const auto pieces = [&](const std::function<Status(ByteView)>& take) {
    return content.read([&](std::string_view piece) -> Status {
      EVP_DigestUpdate(own.get(), piece.data(), piece.size());
      return take(registry::bytes_of(piece));
    });
  };
  METERWAY_CHECK(pki::verify_detached_by(certificate, pieces, registry::bytes_of(signature)));
  crypto::Sha256Digest read{};
  EVP_DigestFinal_ex(own.get(), read.data(), nullptr);
  if (read != digest) return fail(ErrorCode::BadDigest, 0, "the file changed while it was read");
  return {};
}

Result<void, std::string> check_as_set(const Content& content, const crypto::Sha256Digest& digest,
                                       std::string_view signature, const Sender& sender, UtcTime now) {
  if (signature.empty()) {
    if (sender.must_sign) return Unexpected<std::string>{"files of " + sender.id + " are signed, this one is not"};
    return {};
  }
  const auto checked = check_signature(content, digest, signature, sender.certificate, now);
  if (!checked) return Unexpected<std::string>{describe(checked.error())};
  return {};
}

}  // namespace meterway::registration
