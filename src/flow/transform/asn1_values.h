#pragma once
#include "base/util/clock.h"
#include "flow/transform/asn1_table.h"
#include "standard/duis/element.h"
#include "standard/gbcs/asn1.h"
#include "standard/pki/key_store.h"

namespace meterway::flow::transform {

/// Elements of ASN.1 contents. All errors are BadRequest and name the path, which must have static storage duration.

/// BIT STRING of one key usage bit.
gbcs::asn1::Node key_usage_node(CellUsage usage);
/// GeneralizedTime yyyymmddhhmmssZ; fractions of a second are cut off. Refused outside the years 1 to 9999.
Result<gbcs::asn1::Node> time_node(UtcTime time, const char* field);
/// 99991231235959Z: the moment that never comes, with which a dated command is cancelled.
gbcs::asn1::Node never_node();
/// A remote party role as DUIS names it: "Supplier" is 2.
Result<gbcs::asn1::Node> role_node(std::string_view name, const char* field);

/// Base64 of one certificate, whose key must be for `usage`. Where the repository holds a certificate of the same owner
/// for the same key, that one is carried: what was published, not what was handed in.
Result<gbcs::asn1::Node> replacement_node(const duis::Element& element, CellUsage usage, pki::KeyUse use,
                                          const pki::KeyStore* repository, const char* field);
/// Base64 of one certificate for whatever use, kept byte by byte.
Result<gbcs::asn1::Node> certificate_node(const duis::Element& element, const char* field);

}  // namespace meterway::flow::transform
