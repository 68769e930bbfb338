#pragma once
#include <optional>
#include <string>

#include "base/crypto/digest.h"
#include "records/registry/access_token.h"
#include "records/registry/person.h"

/// Sessions of browsers: 32 random bytes that stand for a token until they end. Of both only the SHA-256 is kept, so
/// that a stolen store opens nothing, and what the token's holder may do is looked up anew with every request: a
/// session is worth nothing once its token is taken back, or its person may not come in any more.
///
/// Rows:  "portal-session"  first 16 bytes of the digest -> format:1 made:8 seen:8 digest:32 token's digest:32
namespace meterway::registry {

struct Session {
  std::string id;  ///< 16 hexadecimal digits: the beginning of the digest
  UtcTime made_at{}, seen_at{};
  crypto::Sha256Digest token{};
};

/// How long a session is good: until nobody was seen for `idle`, and at most for `longest`.
struct SessionLimits {
  std::chrono::minutes idle{30}, longest{12 * 60};
  UtcTime ends(const Session& session) const;
};

/// Makes `secret` (new_token()) known as a session of this token. Rows that have ended a day ago go; of one token the
/// latest kMostSessions are left.
Result<Session> put_session(store::WriteView& view, std::string_view secret, std::string_view token, UtcTime now,
                            const SessionLimits& limits);
inline constexpr std::size_t kMostSessions = 20;
/// Whether it has ended is the caller's to ask; nothing when there is no such session.
Result<std::optional<Session>> find_session(const store::ReadView& view, std::string_view secret);
/// Somebody was seen. Nothing happens to a session that there is not.
Status see_session(store::WriteView& view, std::string_view secret, UtcTime now);
/// Nothing happens to a session that there is not.
Status end_session(store::WriteView& view, std::string_view secret);

/// As find_token() and person_of_token(), for whom the digest alone is known.
Result<std::optional<AccessToken>> find_token_of(const store::ReadView& view, const crypto::Sha256Digest& digest);
Result<std::optional<Person>> person_of_digest(const store::ReadView& view, const crypto::Sha256Digest& digest);

}  // namespace meterway::registry
