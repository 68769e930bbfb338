#include "standard/pki/pem_certificates.h"

#include "standard/pki/pem.h"

namespace meterway::pki {

Result<std::vector<Certificate>> parse_certificates(std::string_view pem) {
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
  std::vector<Certificate> out;
  while (has_pem(pem, kPemCertificate)) {
    METERWAY_TRY(const auto der, pem_body(pem, kPemCertificate));
    METERWAY_TRY(auto certificate, parse_certificate(der));
    out.push_back(std::move(certificate));
    // Behind the block that was read: an end that stands before its beginning is passed over with it.
    pem.remove_prefix(pem.find("-----BEGIN CERTIFICATE-----"));
    pem.remove_prefix(pem.find(kEnd) + kEnd.size());
  }
  return out;
}

}  // namespace meterway::pki
