// Certificates reach the platform inside service requests (credential updates), in GBCS messages' other-information and
// from device enrolment: whoever may send those chooses these bytes. No other target reads X.509.
//
// What is read once must read the same from its own DER, and no profile rule may trip over it. What is read by its
// likeness to another certificate must be what its structure says.
// Covers: src/standard/pki/certificate.cpp, src/standard/pki/certificate_form.cpp, src/standard/pki/lint.cpp,
// src/standard/pki/pem.cpp, src/standard/pki/serial.cpp
#include <cstdlib>
#include <string>

#include "standard/pki/certificate.h"
#include "standard/pki/lint.h"
#include "standard/pki/pem.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meterway;
  const auto certificate = pki::parse_certificate({data, size});
  if (!certificate) return 0;
  const std::string pem = pki::to_pem(certificate->der, pki::kPemCertificate);
  const auto again = pki::parse_certificate({reinterpret_cast<const std::uint8_t*>(pem.data()), pem.size()});
  if (!again || again->serial != certificate->serial || again->owner() != certificate->owner()) std::abort();
  if (pki::lint(*certificate).size() != pki::lint(*again).size()) std::abort();
  const auto plain = pki::parse_certificate_by_structure(certificate->der);
  if (!plain || plain->serial != certificate->serial || plain->owner() != certificate->owner() ||
      plain->not_before != certificate->not_before || plain->not_after != certificate->not_after ||
      !(plain->public_key == certificate->public_key) || plain->signature != certificate->signature ||
      plain->signed_part != certificate->signed_part || plain->key_usage != certificate->key_usage ||
      plain->subject_key_identifier != certificate->subject_key_identifier ||
      plain->authority_key_identifier != certificate->authority_key_identifier || plain->issuer != certificate->issuer)
    std::abort();
  (void)certificate->is_signed_by(*again);
  if (pki::SmkiSerial::from_decimal(certificate->serial.decimal()).value() != certificate->serial) std::abort();
  return 0;
}
