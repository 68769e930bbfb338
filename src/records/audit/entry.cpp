#include "records/audit/entry.h"

#include <algorithm>

#include "records/registry/octets.h"

namespace meterway::audit {
namespace {

using registry::bytes_of;
using registry::string_of;

constexpr std::uint8_t kFormat = 1, kCounted = 1;

std::string_view cut(std::string_view text) { return text.substr(0, kMostTextBytes); }

}  // namespace

Bytes canonical(const Entry& entry) {
  wire::Writer out;
  out.u8(kFormat).u8(entry.counted ? kCounted : 0).u8(static_cast<std::uint8_t>(entry.level));
  out.u64(entry.sequence).u64(static_cast<std::uint64_t>(entry.at.time_since_epoch().count()));
  for (const std::string_view text :
       {entry.person, entry.party, entry.function, entry.about, entry.outcome, entry.rule, entry.detail})
    out.prefixed(bytes_of(cut(text)));
  return out.bytes(entry.previous).take();
}

std::string row_of(const Entry& entry, Digest& digest) {
  const auto bytes = canonical(entry);
  digest = crypto::sha256(bytes);
  std::string row;
  row.reserve(bytes.size() + digest.size());
  row.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return row.append(reinterpret_cast<const char*>(digest.data()), digest.size());
}

Result<StoredEntry> read_row(std::string_view row) {
  StoredEntry out;
  if (row.size() < out.digest.size()) return fail(ErrorCode::Truncated, 0, "audit entry");
  const auto bytes = bytes_of(row).first(row.size() - out.digest.size());
  out.digest = crypto::sha256(bytes);
  const auto stored = bytes_of(row).last(out.digest.size());
  if (!std::equal(stored.begin(), stored.end(), out.digest.begin()))
    return fail(ErrorCode::BadDigest, 0, "audit entry");
  wire::Reader in(bytes);
  in.expect({kFormat}, "format");
  auto& entry = out.entry;
  const auto flags = in.u8("flags");
  if (flags > kCounted) in.fail(ErrorCode::BadValue, "flags");
  entry.counted = flags == kCounted;
  entry.level = registry::read_enum(in, registry::Classification::Red, "class");
  entry.sequence = in.u64("sequence");
  entry.at = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("time"))));
  for (auto* text :
       {&entry.person, &entry.party, &entry.function, &entry.about, &entry.outcome, &entry.rule, &entry.detail}) {
    const auto value = in.prefixed("text");
    if (value.size() > kMostTextBytes) in.fail(ErrorCode::TooLarge, "text");
    *text = string_of(value);
  }
  const auto previous = in.take(entry.previous.size(), "previous");
  METERWAY_CHECK(in.finish());
  std::copy(previous.begin(), previous.end(), entry.previous.begin());
  return out;
}

}  // namespace meterway::audit
