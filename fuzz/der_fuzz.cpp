// Certificates reach the platform inside service requests (credential updates), in GBCS messages' other-information and
// from device enrolment: whoever may send those chooses these bytes. No other target reads X.509.
//
// What is read once must read the same from its own DER, and no profile rule may trip over it.
// Covers: src/standard/pki/certificate.cpp, src/standard/pki/lint.cpp, src/standard/pki/pem.cpp,
// src/standard/pki/serial.cpp
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
  (void)certificate->is_signed_by(*again);
  if (pki::SmkiSerial::from_decimal(certificate->serial.decimal()).value() != certificate->serial) std::abort();
  return 0;
}
