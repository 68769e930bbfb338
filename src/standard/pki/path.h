#pragma once
#include <optional>
#include <span>

#include "standard/pki/certificate.h"

namespace meterway::pki {

/// How many authorities may stand between a certificate and its root.
inline constexpr std::size_t kMostIntermediates = 4;

/// Whether `leaf` leads to `root` over certificates of `intermediates`: each signed by the next, the next an authority
/// that may sign certificates. With `at`, every certificate of the path (the root's own dates apart: it is trusted
/// because it is held) covers that time.
///
/// Source: RFC 5280 6.1, as much of it as the SMKI profiles use: no name constraints, no policies beyond the profile's.
/// Errors: UnknownKey when no path leads to the root; BadCertificate (path, dates) when one does but may not be used.
Status verify_path(const Certificate& leaf, std::span<const Certificate> intermediates, const Certificate& root,
                   std::optional<UtcTime> at);

}  // namespace meterway::pki
