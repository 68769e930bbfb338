#pragma once
#include "oversight/registration/file.h"
#include "standard/pki/cms.h"

namespace meterway::registration {

/// Whether `signature`, a detached CMS SignedData (DER), is that of `content` by the key of the certificate
/// that the sender has given, which is valid at `now`. That one alone is believed: what else lies in the signature is
/// not looked at. The content is read piece by piece, and is still what has `digest`. Errors: BadCertificate, Expired
/// (not valid yet, or any more), BadDigest; those of pki::verify_detached_by and of `content`.
Status check_signature(const Content& content, const crypto::Sha256Digest& digest, std::string_view signature,
                       std::string_view certificate_pem, UtcTime now);

/// As the setting of the sender has it: one that comes is checked, and where his are signed one has to come. Why not,
/// in words.
Result<void, std::string> check_as_set(const Content& content, const crypto::Sha256Digest& digest,
                                       std::string_view signature, const Sender& sender, UtcTime now);

inline constexpr std::size_t kMostSignatureBytes = pki::kMaxCmsBytes;

}  // namespace meterway::registration
