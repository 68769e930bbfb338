#pragma once
#include <functional>
#include <vector>

#include "standard/pki/certificate.h"

/// Detached signatures of files (.p7s): CMS SignedData, read and written by OpenSSL.
///
/// Source:  RFC 5652; one signer, ECDSA P-256 with SHA-256. With signed attributes (as `openssl cms -sign -binary`
///          writes them) or without.
/// Errors:  of reading: TooLarge, Unsupported, BadSignature, BadDigest, BadCertificate, those of the content.
namespace meterway::pki {

inline constexpr std::size_t kMaxCmsBytes = 32 * 1024, kMostCmsCertificates = 4;

/// What a signature says of itself.
struct CmsSigner {
  Certificate certificate;
  std::vector<Certificate> others;  ///< that came with it
};

/// Gives what was signed, piece by piece, to what takes it; stops at the first failure and gives that back.
using Content = std::function<Status(const std::function<Status(ByteView)>&)>;
/// Bytes at hand; they must outlive it.
Content content_of(ByteView bytes);

/// True to the content and to the signer's own certificate, which lies in it; whether that one is to be believed is the
/// caller's to check (check_chain).
Result<CmsSigner> verify_detached(const Content& content, ByteView signature);

/// By this certificate, which the caller believes; what lies in the signature besides is not looked at. Its validity is
/// the caller's to check. Errors besides: BadSignature for another signer's.
Status verify_detached_by(const Certificate& signer, const Content& content, ByteView signature);

/// Without signed attributes. `others` go with it, from the issuer upwards. Errors: CryptoFailure.
Result<Bytes> sign_detached(ByteView content, const Certificate& signer, const crypto::PrivateKey& key,
                            const std::vector<Certificate>& others = {});

/// Whether `certificate` was issued below one of the trusted ones, which are certification authorities; through
/// `others` if need be, of which none may be idle. Every link is checked: name, signature, may it sign certificates,
/// its validity at `time`. Errors: BadCertificate (it leads to none of them), Expired.
Status check_chain(const Certificate& certificate, const std::vector<Certificate>& others,
                   const std::vector<Certificate>& trusted, UtcTime time);

}  // namespace meterway::pki
