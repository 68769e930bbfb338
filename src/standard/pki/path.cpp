#include "standard/pki/path.h"

namespace meterway::pki {
namespace {

bool may_sign(const Certificate& certificate) {
  return certificate.authority.value_or(false) && (certificate.key_usage & kUsageKeyCertSign) != 0;
}

/// `above`: how many authorities stand between `certificate` and the leaf.
Status climb(const Certificate& certificate, std::span<const Certificate> intermediates, const Certificate& root,
             std::optional<UtcTime> at, std::size_t above) {
  if (at && !certificate.covers(*at)) return fail(ErrorCode::BadCertificate, 0, "dates of the certification path");
  if (certificate.is_signed_by(root)) return {};
  Status failure = fail(ErrorCode::UnknownKey, 0, "certification path to the root");
  if (above == kMostIntermediates) return failure;
  for (const auto& issuer : intermediates) {
    if (!certificate.is_signed_by(issuer)) continue;
    // A self-signed certificate leads nowhere, and a path that is too long for its authority is none.
    if (same_name(issuer.subject, issuer.issuer)) continue;
    if (!may_sign(issuer) || (issuer.path_length && *issuer.path_length < above)) {
      failure = fail(ErrorCode::BadCertificate, 0, "issuing authority of the certification path");
      continue;
    }
    auto further = climb(issuer, intermediates, root, at, above + 1);
    if (further) return {};
    failure = further;
  }
  return failure;
}

}  // namespace

Status verify_path(const Certificate& leaf, std::span<const Certificate> intermediates, const Certificate& root,
                   std::optional<UtcTime> at) {
  return climb(leaf, intermediates, root, at, 0);
}

}  // namespace meterway::pki
