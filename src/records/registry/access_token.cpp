#include "records/registry/access_token.h"

#include "base/crypto/digest.h"
#include "base/util/base64.h"
#include "base/util/hex.h"
#include "base/wire/reader.h"
#include "records/registry/octets.h"
#include "records/registry/session.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kTable = "access-token";
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kMostTokens = 100000;

struct Row {
  AccessToken token;
  crypto::Sha256Digest digest{};
};

std::string key_of(const crypto::Sha256Digest& digest) { return string_of(ByteView(digest).first(kIdBytes)); }

Result<Row> read_row(const std::string& value) {
  wire::Reader in(bytes_of(value));
  in.expect({kFormat}, "token format");
  Row row;
  const bool is_user = in.u8("holder") == 1;
  const Eui64 user(in.u64("user"));
  if (is_user) row.token.user = user;
  row.token.made_at = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("made"))));
  const auto digest = in.take(row.digest.size(), "digest");
  METERWAY_CHECK(in.finish());
  std::copy(digest.begin(), digest.end(), row.digest.begin());
  row.token.id = to_hex(digest.first(kIdBytes));
  return row;
}

}  // namespace

std::string new_token(Random& random) {
  std::uint8_t secret[32];
  random.fill(secret);
  auto text = to_base64(secret);
  while (!text.empty() && text.back() == '=') text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

Result<AccessToken> put_token(store::WriteView& view, std::string_view secret, std::optional<Eui64> user, UtcTime now) {
  const auto digest = crypto::sha256(bytes_of(secret));
  if (!user) {
    METERWAY_TRY(const auto earlier, tokens_of(view, std::nullopt));
    for (const auto& token : earlier) {
      METERWAY_TRY(const auto key, from_hex(token.id));
      METERWAY_CHECK(view.erase(kTable, string_of(key)));
    }
  }
  wire::Writer out;
  out.u8(kFormat).u8(user ? 1 : 0).u64(user ? user->value() : 0);
  out.u64(static_cast<std::uint64_t>(now.time_since_epoch().count())).bytes(digest);
  METERWAY_CHECK(view.put(kTable, key_of(digest), string_of(out)));
  return AccessToken{to_hex(ByteView(digest).first(kIdBytes)), user, now};
}

Result<std::optional<AccessToken>> find_token(const store::ReadView& view, std::string_view secret) {
  return find_token_of(view, crypto::sha256(bytes_of(secret)));
}

Result<std::optional<AccessToken>> find_token_of(const store::ReadView& view, const crypto::Sha256Digest& digest) {
  METERWAY_TRY(const auto value, view.get(kTable, key_of(digest)));
  if (!value) return std::optional<AccessToken>();
  METERWAY_TRY(auto row, read_row(*value));
  if (!crypto::equal_constant_time(row.digest, digest)) return std::optional<AccessToken>();
  return std::optional<AccessToken>(std::move(row.token));
}

Result<std::vector<AccessToken>> tokens_of(const store::ReadView& view, std::optional<Eui64> user) {
  METERWAY_TRY(const auto rows, view.scan(kTable, "", "", kMostTokens));
  std::vector<AccessToken> tokens;
  for (const auto& entry : rows) {
    METERWAY_TRY(auto row, read_row(entry.value));
    if (row.token.user == user) tokens.push_back(std::move(row.token));
  }
  return tokens;
}

Status revoke_token(store::WriteView& view, Eui64 user, std::string_view id) {
  METERWAY_TRY(const auto tokens, tokens_of(view, user));
  for (const auto& token : tokens) {
    if (token.id != id) continue;
    METERWAY_TRY(const auto key, from_hex(id));
    return view.erase(kTable, string_of(key));
  }
  return fail(ErrorCode::NotFound, 0, "token");
}

}  // namespace meterway::registry
