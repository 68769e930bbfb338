#pragma once
#include "apps/world.h"
#include "base/crypto/keys.h"

/// The key that checkpoints of the audit are signed by (records/audit/checkpoint.h says why it is one of its own):
/// platform/audit.key, for the platform alone, and platform/audit.pub, its point in hexadecimal, which the operator
/// gives to whoever checks the audit (the folder itself is closed to others).
namespace meterway::apps {

/// Made when there is none yet. Errors: Io, BadKey, CryptoFailure.
Result<crypto::PrivateKey> audit_key(const DataFolder& data);
/// From a file such as audit.pub. Errors: Io, NotFound, BadKey.
Result<crypto::PublicKey> read_audit_key(const std::filesystem::path& file);
Result<crypto::PublicKey> parse_audit_key(std::string_view hex);

}  // namespace meterway::apps
