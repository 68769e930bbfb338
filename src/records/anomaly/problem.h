#pragma once
#include <string>

#include "base/util/result.h"

namespace meterway::anomaly {

/// Why something was not done; nothing of it was kept.
enum class Reason : std::uint8_t {
  BadFile,            ///< the file is not of its layout, or names what there is not
  BadSignature,       ///< no signature of these bytes, or not of the form of docs/wire/anomaly-files.md
  UntrustedSigner,    ///< its certificate does not lead to the file-signing authority, or is of another profile
  ExpiredSigner,      ///< outside the validity of a certificate, by our clock
  RevokedSigner,      ///< its certificate was taken back
  SignerOfAnother,    ///< an officer of another User than the file is about
  SignerWithoutRole,  ///< no active person of that User's party with the role
  WrongRole,          ///< the caller may not
  Replayed,           ///< the reference was used before
  NoItem,             ///< there is no such quarantined request
  Decided,            ///< it was released, deleted or has expired before
  SamePerson,         ///< the second of four eyes is the first person again
  NoSubmission,       ///< nothing came under this reference
  TooMany,            ///< more requests in this period than one preview looks at
  Busy,               ///< the store
};

/// Name in answers and the audit ("expired_signer"), the same in words, and the HTTP status that goes with it.
std::string_view name(Reason reason);
std::string_view title(Reason reason);
int http_status(Reason reason);

struct Problem {
  Reason why = Reason::Busy;
  std::string detail;
};
inline Unexpected<Problem> refuse(Reason why, std::string detail) { return {Problem{why, std::move(detail)}}; }
inline Unexpected<Problem> refuse(const Error& error) { return {Problem{Reason::Busy, describe(error)}}; }

}  // namespace meterway::anomaly
