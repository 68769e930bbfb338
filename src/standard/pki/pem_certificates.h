#pragma once
#include "standard/pki/certificate.h"

namespace meterway::pki {

/// Every certificate of a PEM text, in its order; other blocks are passed over. Errors: those of parse_certificate.
Result<std::vector<Certificate>> parse_certificates(std::string_view pem);

}  // namespace meterway::pki
