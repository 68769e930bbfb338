#pragma once
#include "records/registry/certificates.h"

/// A certificate as the store keeps it. Those of devices differ from one another in little (pki::CertificateForm): what
/// they have in common is kept once, as the whole of the first of them.
///
///   value:   format:1 status:1 not-before:8, a length and its name, then by its format
///     1      a length and its DER
///     2      form:8 point:64 (x, y) signature:64 (r, s), a length and its key identifier (none: of RFC 5280, 4.2.1.2,
///            by its size: all of SHA-1 of the point, or its last 60 bits)
///   "certificate-form"    form:8 -> DER
namespace meterway::registry {

struct CertificateRow {
  StoredCertificate certificate;
  UtcTime not_before{};
};

/// Keeps the form too, when it is new. Errors: of the store.
Result<std::string> write_certificate_row(store::WriteView& view, const CertificateRow& row);
/// Errors: of wire::Reader; BadValue, Database for what this version does not know.
Result<CertificateRow> read_certificate_row(const store::ReadView& view, std::string_view key, std::string_view value);

}  // namespace meterway::registry
