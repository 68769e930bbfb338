#include "records/audit/checkpoint.h"

#include <algorithm>

#include "base/util/hex.h"
#include "records/registry/octets.h"

namespace meterway::audit {
namespace {

using registry::bytes_of;
using registry::string_of;

constexpr std::string_view kTable = "audit-checkpoint", kLast = "audit-last", kMeaning = "Meterway audit checkpoint";
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kTextDigits = 2 * (1 + 8 + 8 + 32 + 8 + 64);

std::string number_key(std::uint64_t number) { return string_of(wire::Writer().u64(number)); }

Bytes body_of(const Checkpoint& checkpoint) {
  return wire::Writer()
      .u8(kFormat)
      .u64(checkpoint.sequence)
      .u64(static_cast<std::uint64_t>(checkpoint.at.time_since_epoch().count()))
      .bytes(checkpoint.digest)
      .bytes(checkpoint.key)
      .take();
}

Bytes signed_bytes(const Checkpoint& checkpoint) {
  return wire::Writer().bytes(bytes_of(kMeaning)).u8(0).bytes(body_of(checkpoint)).take();
}

std::string row_of(const Checkpoint& checkpoint) {
  return string_of(wire::Writer().bytes(body_of(checkpoint)).bytes(checkpoint.signature));
}

template <std::size_t Size>
void take(wire::Reader& in, std::array<std::uint8_t, Size>& out, const char* field) {
  const auto bytes = in.take(Size, field);
  if (in.ok()) std::copy(bytes.begin(), bytes.end(), out.begin());
}

Result<Checkpoint> read_checkpoint(ByteView row) {
  wire::Reader in(row);
  Checkpoint out;
  in.expect({kFormat}, "format");
  out.sequence = in.u64("sequence");
  out.at = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("time"))));
  take(in, out.digest, "digest");
  take(in, out.key, "key");
  take(in, out.signature, "signature");
  METERWAY_CHECK(in.finish());
  return out;
}

}  // namespace

std::array<std::uint8_t, 8> id_of(const crypto::PublicKey& key) {
  const auto digest = crypto::sha256(key.point());
  std::array<std::uint8_t, 8> out{};
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

bool Checkpoint::is_signed_by(const crypto::PublicKey& by) const {
  return id_of(by) == key && by.verify(signed_bytes(*this), signature);
}

std::string Checkpoint::text() const { return to_hex(bytes_of(row_of(*this))); }

Result<Checkpoint> Checkpoint::parse(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  if (text.size() != kTextDigits) return fail(ErrorCode::BadLength, 0, "checkpoint");
  METERWAY_TRY(const auto bytes, from_hex(text));
  return read_checkpoint(bytes);
}

Result<std::optional<Checkpoint>> make_checkpoint(store::Store& store, const crypto::PrivateKey& key, UtcTime now) {
  std::optional<Checkpoint> made;
  const auto done = store.write([&](store::WriteView& view) -> Status {
    made.reset();
    METERWAY_TRY(const auto last, head(view));
    METERWAY_TRY(const auto there, view.get(kTable, number_key(last.sequence)));
    if (last.sequence == 0 || there) return {};
    Checkpoint checkpoint{last.sequence, now, last.digest, id_of(key.public_key()), {}};
    METERWAY_TRY(checkpoint.signature, key.sign(signed_bytes(checkpoint)));
    METERWAY_CHECK(view.put(kTable, number_key(last.sequence), row_of(checkpoint)));
    METERWAY_CHECK(view.put(kLast, "", row_of(checkpoint)));
    made = checkpoint;
    return {};
  });
  METERWAY_CHECK(done);
  return made;
}

Result<std::vector<Checkpoint>> checkpoints(const store::ReadView& view, std::uint64_t from, std::size_t limit) {
  METERWAY_TRY(const auto rows, view.scan(kTable, number_key(from), "", limit));
  std::vector<Checkpoint> out;
  for (const auto& row : rows) {
    METERWAY_TRY(const auto checkpoint, read_checkpoint(bytes_of(row.value)));
    out.push_back(checkpoint);
  }
  return out;
}

Result<std::optional<Checkpoint>> last_checkpoint(const store::ReadView& view) {
  METERWAY_TRY(const auto row, view.get(kLast, ""));
  if (!row) return std::optional<Checkpoint>();
  METERWAY_TRY(const auto checkpoint, read_checkpoint(bytes_of(*row)));
  return std::optional(checkpoint);
}

Result<bool> has_entry_of(const store::ReadView& view, const Checkpoint& checkpoint) {
  METERWAY_TRY(const auto rows, raw(view, checkpoint.sequence, 1));
  if (rows.empty() || rows.front().sequence != checkpoint.sequence) return false;
  const auto read = read_row(rows.front().bytes);
  return read && read->digest == checkpoint.digest;
}

Result<std::optional<Checkpoint>> keep_pace(store::Store& store, const crypto::PrivateKey& key, UtcTime now,
                                            const Pace& pace) {
  Head end;
  std::optional<Checkpoint> last;
  METERWAY_CHECK(store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(end, head(view));
    METERWAY_TRY(last, last_checkpoint(view));
    return {};
  }));
  const auto since = end.sequence - std::min(end.sequence, last ? last->sequence : 0);
  // A clock that was set back must not put off the next for ever.
  const bool is_time = !last || now >= last->at + pace.time || now < last->at;
  if (since == 0 || (since < pace.entries && !is_time)) return std::optional<Checkpoint>();
  return make_checkpoint(store, key, now);
}

}  // namespace meterway::audit
