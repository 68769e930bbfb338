#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "records/registry/certificates.h"

namespace meterway::flow::admin {

/// A certificate as the API takes it: {"certificate": PEM or base64 of the DER, "use"?, "name"?}. The use is one of ds,
/// ka, pp-ka, xml; without it the certificate's key usage, role and name tell.
struct CertificateBody {
  pki::Certificate certificate;
  pki::KeyUse use;
  std::string name;
};

/// The error names the member. A certificate must be readable, name its owner, and allow the use that it is given.
Result<CertificateBody, std::string> read_certificate_body(std::string_view json);

/// What every list says of one: "serial", "owner", "use", "status", "name", "issuer", "not_before", "not_after".
nlohmann::json certificate_line(const registry::StoredCertificate& stored);

/// "ds", "ka", "pp-ka", "xml".
std::string_view use_name(pki::KeyUse use);

}  // namespace meterway::flow::admin
