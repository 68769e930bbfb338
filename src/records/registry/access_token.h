#pragma once
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "base/util/random.h"
#include "records/store/store.h"
#include "standard/ids/ids.h"

/// Tokens by which a caller says who it is: 32 random bytes in base64url. Only their SHA-256 is kept, so a stolen store
/// gives nobody entry.
///
/// Rows:  "access-token"   first 8 bytes of the digest -> format:1 holder:1 (0 operator, 1 User) User:8 made:8
/// digest:32
namespace meterway::registry {

struct AccessToken {
  std::string id;             ///< 16 hexadecimal digits: the beginning of the digest, which names it in lists
  std::optional<Eui64> user;  ///< none: the operator's
  UtcTime made_at{};
};

/// A new secret, not yet known to anybody.
std::string new_token(Random& random);

/// Makes `secret` known as this User's, or the operator's. The operator has one token: the one before is forgotten.
Result<AccessToken> put_token(store::WriteView& view, std::string_view secret, std::optional<Eui64> user, UtcTime now);

/// Whose token it is; nothing when it is nobody's. Takes as long whether it is nearly right or not.
Result<std::optional<AccessToken>> find_token(const store::ReadView& view, std::string_view secret);

/// All tokens of one User, or the operator's.
Result<std::vector<AccessToken>> tokens_of(const store::ReadView& view, std::optional<Eui64> user);

/// Errors: NotFound when that User has no token of this id.
Status revoke_token(store::WriteView& view, Eui64 user, std::string_view id);

}  // namespace meterway::registry
