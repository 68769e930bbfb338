#pragma once
#include <vector>

#include "records/anomaly/problem.h"
#include "records/anomaly/roles.h"
#include "records/registry/person.h"
#include "standard/pki/cms.h"

/// Whom a file is believed from: an authorised responsible officer with a file-signing certificate below the authority
/// that the operator has named. Judged by our clock when the file comes.
///
/// Rows:  "anomaly-authority"  number:8 -> certificate, DER; the trusted ones
///        "anomaly-revoked"    serial, hexadecimal -> when:8
namespace meterway::anomaly {

struct Signer {
  Eui64 user;               ///< whom he signs for
  registry::Person person;  ///< of that User's party, active, with a job type that signs such files
  pki::SmkiSerial serial;
};

/// `what`: SubmitThresholds or SubmitActions, which must be his to sign for that User.
/// Refuses: BadSignature, UntrustedSigner, ExpiredSigner, RevokedSigner, SignerWithoutRole; Busy.
Result<Signer, Problem> check_signature(const store::ReadView& view, What what, ByteView file, ByteView signature,
                                        UtcTime now);

/// In place of those before. Refuses: BadFile when there is none, or one is no certification authority.
Result<void, Problem> put_authorities(store::WriteView& view, std::string_view pem);
Result<std::vector<pki::Certificate>> authorities(const store::ReadView& view);
Status revoke_signer(store::WriteView& view, const pki::SmkiSerial& serial, UtcTime now);

}  // namespace meterway::anomaly
