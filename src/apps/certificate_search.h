#pragma once
#include "standard/pki/certificate.h"

namespace meterway::apps {

/// A certificate of the certificate search with its status there: "I" in use, "R" revoked, ...
struct ListedCertificate {
  pki::Certificate certificate;
  std::string status;
};
/// Errors: as retrieve_certificate (user_keys.h).
Result<ListedCertificate> retrieve_listed(const std::string& smki_url, const pki::SmkiSerial& serial);

}  // namespace meterway::apps
