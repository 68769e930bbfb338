#include "records/registry/session.h"

#include <algorithm>

#include "base/util/hex.h"
#include "base/wire/reader.h"
#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kSessionTable = "portal-session";
constexpr std::uint8_t kSessionFormat = 1;
constexpr std::size_t kSessionKeyBytes = 16, kSessionIdBytes = 8, kMostSessionRows = 100'000;
constexpr std::chrono::hours kRememberedAfterItsEnd{24};

struct SessionRow {
  Session session;
  crypto::Sha256Digest digest{};
};

std::string session_key(const crypto::Sha256Digest& digest) {
  return string_of(ByteView(digest).first(kSessionKeyBytes));
}

std::uint64_t microseconds_of(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
UtcTime time_of(std::uint64_t microseconds) {
  return UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(microseconds)));
}

Result<SessionRow> read_session_row(const std::string& value) {
  wire::Reader in(bytes_of(value));
  in.expect({kSessionFormat}, "session format");
  SessionRow row;
  row.session.made_at = time_of(in.u64("made"));
  row.session.seen_at = time_of(in.u64("seen"));
  const auto digest = in.take(row.digest.size(), "digest");
  const auto token = in.take(row.session.token.size(), "token");
  METERWAY_CHECK(in.finish());
  std::copy(digest.begin(), digest.end(), row.digest.begin());
  std::copy(token.begin(), token.end(), row.session.token.begin());
  row.session.id = to_hex(digest.first(kSessionIdBytes));
  return row;
}

Status put_session_row(store::WriteView& view, const SessionRow& row) {
  wire::Writer out;
  out.u8(kSessionFormat).u64(microseconds_of(row.session.made_at)).u64(microseconds_of(row.session.seen_at));
  out.bytes(row.digest).bytes(row.session.token);
  return view.put(kSessionTable, session_key(row.digest), string_of(out));
}

Result<std::optional<SessionRow>> find_session_row(const store::ReadView& view, std::string_view secret) {
  const auto digest = crypto::sha256(bytes_of(secret));
  METERWAY_TRY(const auto value, view.get(kSessionTable, session_key(digest)));
  if (!value) return std::optional<SessionRow>();
  METERWAY_TRY(auto row, read_session_row(*value));
  if (!crypto::equal_constant_time(row.digest, digest)) return std::optional<SessionRow>();
  return std::optional<SessionRow>(std::move(row));
}

/// What has ended long ago, and the earliest of this token beyond those that it may have beside a new one.
Status clear_sessions(store::WriteView& view, const crypto::Sha256Digest& token, UtcTime now,
                      const SessionLimits& limits) {
  METERWAY_TRY(const auto rows, view.scan(kSessionTable, "", "", kMostSessionRows));
  std::vector<std::pair<UtcTime, std::string>> of_token;
  for (const auto& entry : rows) {
    METERWAY_TRY(const auto row, read_session_row(entry.value));
    if (limits.ends(row.session) + kRememberedAfterItsEnd <= now) {
      METERWAY_CHECK(view.erase(kSessionTable, entry.key));
    } else if (row.session.token == token) {
      of_token.emplace_back(row.session.made_at, entry.key);
    }
  }
  if (of_token.size() < kMostSessions) return {};
  std::sort(of_token.begin(), of_token.end());
  of_token.resize(of_token.size() - kMostSessions + 1);
  for (const auto& one : of_token) METERWAY_CHECK(view.erase(kSessionTable, one.second));
  return {};
}

}  // namespace

UtcTime SessionLimits::ends(const Session& session) const {
  return std::min(session.seen_at + idle, session.made_at + longest);
}

Result<Session> put_session(store::WriteView& view, std::string_view secret, std::string_view token, UtcTime now,
                            const SessionLimits& limits) {
  SessionRow row;
  row.digest = crypto::sha256(bytes_of(secret));
  row.session = {to_hex(ByteView(row.digest).first(kSessionIdBytes)), now, now, crypto::sha256(bytes_of(token))};
  METERWAY_CHECK(clear_sessions(view, row.session.token, now, limits));
  METERWAY_CHECK(put_session_row(view, row));
  return row.session;
}

Result<std::optional<Session>> find_session(const store::ReadView& view, std::string_view secret) {
  METERWAY_TRY(auto row, find_session_row(view, secret));
  return row ? std::optional<Session>(std::move(row->session)) : std::optional<Session>();
}

Status see_session(store::WriteView& view, std::string_view secret, UtcTime now) {
  METERWAY_TRY(auto row, find_session_row(view, secret));
  if (!row || row->session.seen_at >= now) return {};
  row->session.seen_at = now;
  return put_session_row(view, *row);
}

Status end_session(store::WriteView& view, std::string_view secret) {
  METERWAY_TRY(const auto row, find_session_row(view, secret));
  return row ? view.erase(kSessionTable, session_key(row->digest)) : Status();
}

}  // namespace meterway::registry
