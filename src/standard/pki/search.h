#pragma once
#include <string>
#include <string_view>

#include "base/util/clock.h"
#include "base/util/random.h"
#include "standard/pki/directory.h"

namespace meterway::pki {

/// Paths of the SMKI certificate search service; POST, any query string.
inline constexpr std::string_view kSearchPath = "/services/certificatesearch";
inline constexpr std::string_view kRetrievePath = "/services/retrievecertificate";
inline constexpr std::string_view kSearchContentType = "application/xml; charset=utf-8";
/// More than any request of the two needs.
inline constexpr std::size_t kMaxSearchRequestBytes = 4096;

/// The HTTP status, which the body's ResponseCode repeats: 200, 402 nothing found, 401 the request makes no sense.
struct SearchAnswer {
  int status = 200;
  std::string body;
};

/// Seconds since 1970, a dash, nine letters or digits: what ties an answer to the service's log.
std::string audit_reference(const Clock& clock, Random& random);

/// Finds certificates by their owner.
///
///     CertificateSearchRequest / CertificateSubjectAltName   a device's EUI-64, dashed
///                              / CertificateSubjectName      an organisation's
///
/// gives one Result a certificate: serial (upper-case hex), owner, status, role (decimal; organisations only), usage
/// (DS or KA) and the manufacturing flag. The client picks by usage and status, so of a device's certificates exactly
/// one of each usage has status I.
SearchAnswer answer_search(std::string_view request, const CertificateDirectory& directory, std::string_view reference);

/// CertificateDataRequest / CertificateSerial (hexadecimal in either case, leading zeros or not) gives the certificate
/// itself, base64 of the DER. Whether it has CertificateSubjectName or CertificateSubjectAltName tells the client how
/// to read it.
SearchAnswer answer_retrieve(std::string_view request, const CertificateDirectory& directory,
                             std::string_view reference);

}  // namespace meterway::pki
