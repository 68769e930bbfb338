#pragma once
#include <memory>
#include <string>
#include <vector>

#include "records/store/store.h"
#include "standard/pki/directory.h"

/// Everybody's certificates, as the store keeps them: public material only. pki::CertificateDirectory reads them
/// through certificate_source() when they are asked for.
///
/// Rows:  "certificate"          owner:8 use:1 serial:1..20 -> certificate_row.h
///        "certificate-serial"   serial:1..20 -> owner:8 use:1
///
/// Of one owner and use exactly one that is not revoked is in use: the oldest (by not-before, then by serial) until
/// put_certificate_in_use says otherwise. Pending are those that a device has been told to take.
namespace meterway::registry {

using pki::StoredCertificate;

Result<std::optional<StoredCertificate>> find_certificate(const store::ReadView& view, const pki::SmkiSerial& serial);
Result<std::optional<StoredCertificate>> certificate_in_use(const store::ReadView& view, Eui64 owner, pki::KeyUse use);
/// In use first, then by serial number.
Result<std::vector<StoredCertificate>> certificates_of(const store::ReadView& view, Eui64 owner);
/// By owner, from this one on; every certificate of an owner is on one page. The first `limit` certificates, and what
/// is left of the last owner's.
Result<std::vector<StoredCertificate>> certificates_from(const store::ReadView& view, Eui64 owner, std::size_t limit);

/// False when it was there already. Errors: BadCertificate when it names no owner; Conflict when another has its
/// serial.
Result<bool> add_certificate(store::WriteView& view, const pki::Certificate& certificate, pki::KeyUse use,
                             std::string_view name);
/// Errors: NotFound, Revoked.
Status put_certificate_in_use(store::WriteView& view, const pki::SmkiSerial& serial);
/// A device is told to take this certificate for a new key of its own: kept beside the one in use, pending until the
/// device shows that it goes by it. One that is in use or revoked stays so. Errors: those of add_certificate.
Status expect_certificate(store::WriteView& view, const pki::Certificate& certificate, pki::KeyUse use);
/// The device goes by it: a pending one is in use from now on, and none of its kind is pending any more. What is not
/// pending stays as it is. False: it was not.
Result<bool> take_expected_certificate(store::WriteView& view, const pki::SmkiSerial& serial);
/// The device has refused it.
Status expect_certificate_no_longer(store::WriteView& view, const pki::SmkiSerial& serial);
/// For good; the next oldest of its kind takes its place. Errors: NotFound.
Status revoke_certificate(store::WriteView& view, const pki::SmkiSerial& serial);

/// The store as a source of a directory. Not to be asked within a read or write of the same store. `store` outlives it.
std::shared_ptr<const pki::CertificateSource> certificate_source(const store::Store& store);

}  // namespace meterway::registry
