#pragma once
#include <optional>

#include "records/registry/person.h"
#include "standard/pki/certificate.h"

/// Client certificates that stand for persons: bound to one person by the fingerprint (SHA-256 of the certificate), so
/// that another certificate of the same name is nobody's. They name no EUI-64: those are Users'.
///
/// A key stands for one person, too: whoever holds two certificates of one key is one.
///
/// Rows:  "person-certificate"   fingerprint:32            -> JSON
///        "person-key"           digest of the key:32 fingerprint:32 -> nothing
///        "person-certificates"  person 00 fingerprint:32  -> nothing
namespace meterway::registry {

struct PersonCertificate {
  std::string fingerprint;  ///< 64 hexadecimal digits
  std::string person;
  std::string subject;
  UtcTime not_before{}, not_after{}, bound_at{};

  bool covers(UtcTime time) const { return not_before <= time && time <= not_after; }
};

std::string fingerprint_of(ByteView certificate);
/// Errors: Conflict when it, or another certificate of its key, is another person's; NotFound (person); BadCertificate
/// when it names an EUI-64 or is an authority's; Expired.
Result<PersonCertificate> bind_certificate(store::WriteView& view, const pki::Certificate& certificate,
                                           std::string_view person, UtcTime now);
/// Whose it is at this time, if he is active.
Result<std::optional<Person>> person_of_certificate(const store::ReadView& view, ByteView certificate, UtcTime now);
Result<std::vector<PersonCertificate>> certificates_of_person(const store::ReadView& view, std::string_view person);
/// Errors: NotFound when he has none of this fingerprint.
Status unbind_certificate(store::WriteView& view, std::string_view person, std::string_view fingerprint);

}  // namespace meterway::registry
