#include "apps/audit_key.h"

#include "base/util/file.h"
#include "base/util/hex.h"
#include "standard/pki/pem.h"

namespace meterway::apps {
namespace {

constexpr std::size_t kMostKeyBytes = 16 * 1024;

}  // namespace

Result<crypto::PrivateKey> audit_key(const DataFolder& data) {
  const auto secret = data.platform() / "audit.key";
  if (std::filesystem::exists(secret)) {
    METERWAY_TRY(const auto bytes, read_file(secret, kMostKeyBytes));
    return crypto::PrivateKey::from_encoded(bytes);
  }
  METERWAY_TRY(auto key, crypto::PrivateKey::generate());
  METERWAY_CHECK(write_text_file(data.audit_key(), to_hex(key.public_key().point()) + "\n"));
  METERWAY_CHECK(write_text_file(secret, pki::to_pem(key.to_pkcs8(), pki::kPemPrivateKey), 0600));
  return key;
}

Result<crypto::PublicKey> read_audit_key(const std::filesystem::path& file) {
  METERWAY_TRY(const auto text, read_text_file(file));
  return parse_audit_key(text);
}

Result<crypto::PublicKey> parse_audit_key(std::string_view hex) {
  while (!hex.empty() && (hex.back() == '\n' || hex.back() == '\r' || hex.back() == ' ')) hex.remove_suffix(1);
  const auto bytes = from_hex(hex);
  if (!bytes) return fail(ErrorCode::BadKey, 0, "key of the audit");
  return crypto::PublicKey::from_point(*bytes);
}

}  // namespace meterway::apps
