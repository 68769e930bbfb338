#include "records/anomaly/level.h"

#include <algorithm>

#include "records/registry/octets.h"

namespace meterway::anomaly {
namespace {

using registry::bytes_of;
using registry::string_of;

constexpr std::string_view kLevels = "anomaly-level", kLimits = "anomaly-limit", kAny = "anomaly-any";
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMostScopes = 100'000;
constexpr std::chrono::hours kKept{31 * 24};  // what was replaced, for a clock that is set back
constexpr Micros kUnit = 1'000'000;

template <class Number>
void write_optional(wire::Writer& out, const std::optional<Number>& value) {
  out.u8(value ? 1 : 0).u64(static_cast<std::uint64_t>(value.value_or(0)));
}
template <class Number>
std::optional<Number> read_optional(wire::Reader& in, const char* field) {
  const bool there = in.u8(field) != 0;
  const auto value = static_cast<Number>(in.u64(field));
  return there ? std::optional<Number>(value) : std::nullopt;
}
void write_time(wire::Writer& out, UtcTime time) {
  out.u64(static_cast<std::uint64_t>(time.time_since_epoch().count()));
}
UtcTime read_time(wire::Reader& in) {
  return UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("from"))));
}

void write_one(wire::Writer& out, const Level& level) {
  out.u8(static_cast<std::uint8_t>(level.source));
  write_optional(out, level.warning);
  write_optional(out, level.quarantine);
  out.u32(level.period_hours);
  write_time(out, level.from);
  out.prefixed(bytes_of(level.reference));
}
Level read_one(wire::Reader& in, const Scope& scope, const Level*) {
  Level level;
  level.scope = scope;
  level.source = registry::read_enum(in, Source::Dcc, "source");
  level.warning = read_optional<std::uint32_t>(in, "warning");
  level.quarantine = read_optional<std::uint32_t>(in, "quarantine");
  level.period_hours = in.u32("period");
  level.from = read_time(in);
  level.reference = string_of(in.prefixed("reference"));
  return level;
}

void write_one(wire::Writer& out, const Limit& limit) {
  out.prefixed(bytes_of(limit.attribute));
  write_optional(out, limit.minimum);
  write_optional(out, limit.maximum);
  write_time(out, limit.from);
  out.prefixed(bytes_of(limit.reference));
}
Limit read_one(wire::Reader& in, const Scope& scope, const Limit*) {
  Limit limit;
  limit.scope = scope;
  limit.attribute = string_of(in.prefixed("attribute"));
  limit.minimum = read_optional<Micros>(in, "minimum");
  limit.maximum = read_optional<Micros>(in, "maximum");
  limit.from = read_time(in);
  limit.reference = string_of(in.prefixed("reference"));
  return limit;
}

Result<Scope> scope_of(std::string_view key) {
  wire::Reader in(bytes_of(key));
  Scope scope;
  if (const auto user = in.u64("user"); user != 0) scope.user = Eui64(user);
  scope.service = string_of(in.rest());
  if (!in.ok()) return Unexpected{in.error()};
  return scope;
}

template <class One>
Result<std::vector<One>> read_all(std::string_view key, std::string_view value) {
  METERWAY_TRY(const auto scope, scope_of(key));
  wire::Reader in(bytes_of(value));
  in.expect({kFormat}, "format");
  std::vector<One> out;
  while (in.left() > 0) out.push_back(read_one(in, scope, static_cast<const One*>(nullptr)));
  METERWAY_CHECK(in.finish());
  return out;
}

template <class One>
Result<std::vector<One>> find(const store::ReadView& view, std::string_view table, const std::string& key) {
  METERWAY_TRY(const auto value, view.get(table, key));
  if (!value) return std::vector<One>();
  return read_all<One>(key, *value);
}

/// Whether they stand for the same thing, each from its own date.
bool same_thing(const Level& a, const Level& b) { return a.source == b.source; }
bool same_thing(const Limit& a, const Limit& b) { return a.attribute == b.attribute; }

Result<bool> has(const store::ReadView& view, std::string_view what) {
  METERWAY_TRY(const auto row, view.get(kAny, what));
  return row.has_value();
}

template <class One>
Status put(store::WriteView& view, std::string_view table, const One& one, UtcTime now) {
  METERWAY_CHECK(view.put(kAny, table == kLevels ? "levels" : "limits", ""));
  const auto key = one.scope.key();
  METERWAY_TRY(auto all, find<One>(view, table, key));
  const auto replaced =
      std::find_if(all.begin(), all.end(), [&](const One& o) { return same_thing(o, one) && o.from == one.from; });
  if (replaced != all.end()) all.erase(replaced);
  all.push_back(one);
  const auto over = [&](const One& old) {
    return std::any_of(all.begin(), all.end(),
                       [&](const One& o) { return same_thing(o, old) && o.from > old.from && o.from + kKept <= now; });
  };
  std::vector<One> kept;
  std::copy_if(all.begin(), all.end(), std::back_inserter(kept), [&](const One& o) { return !over(o); });
  if (kept.size() > kMostOfScope) return fail(ErrorCode::Full, 0, "levels or limits of one User and service");
  wire::Writer out;
  out.u8(kFormat);
  for (const auto& o : kept) write_one(out, o);
  return view.put(table, key, string_of(out));
}

template <class One>
Result<std::vector<One>> all_of(const store::ReadView& view, std::string_view table, const std::string& from,
                                const std::string& to) {
  METERWAY_TRY(const auto rows, view.scan(table, from, to, kMostScopes));
  std::vector<One> out;
  for (const auto& row : rows) {
    METERWAY_TRY(auto some, read_all<One>(row.key, row.value));
    out.insert(out.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  return out;
}

}  // namespace

std::string Scope::key() const {
  return string_of(wire::Writer().u64(user ? user->value() : 0).bytes(bytes_of(service)));
}

Result<Micros> read_decimal(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  std::size_t at = !text.empty() && (text.front() == '-' || text.front() == '+') ? 1 : 0;
  Micros value = 0;
  int whole = 0, fraction = -1;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && fraction < 0) {
      fraction = 0;
      continue;
    }
    if (text[at] < '0' || text[at] > '9') return fail(ErrorCode::BadNumber, at, "decimal number");
    const int digit = text[at] - '0';
    if (fraction < 0) {
      if ((whole > 0 || digit != 0) && ++whole > 12) return fail(ErrorCode::OutOfRange, at, "decimal number");
    } else if (++fraction > 6) {
      if (digit != 0) return fail(ErrorCode::OutOfRange, at, "decimal number");
      continue;
    }
    value = value * 10 + digit;
  }
  if (text.empty() || text.back() < '0' || text.back() > '9')
    return fail(ErrorCode::BadNumber, text.size(), "decimal number");
  for (int places = std::clamp(fraction, 0, 6); places < 6; ++places) value *= 10;
  return negative ? -value : value;
}

std::string write_decimal(Micros value) {
  const bool negative = value < 0;
  const auto magnitude = negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  auto out = (negative ? "-" : "") + std::to_string(magnitude / kUnit);
  if (const auto rest = magnitude % kUnit; rest != 0) {
    auto digits = std::to_string(kUnit + static_cast<Micros>(rest)).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    out += "." + digits;
  }
  return out;
}

Result<bool> has_levels(const store::ReadView& view) { return has(view, "levels"); }
Result<bool> has_limits(const store::ReadView& view) { return has(view, "limits"); }
Result<std::vector<Level>> levels_of(const store::ReadView& view, const std::string& scope_key) {
  return find<Level>(view, kLevels, scope_key);
}
Result<std::vector<Limit>> limits_of(const store::ReadView& view, const std::string& scope_key) {
  return find<Limit>(view, kLimits, scope_key);
}
Status put_level(store::WriteView& view, const Level& level, UtcTime now) { return put(view, kLevels, level, now); }
Status put_limit(store::WriteView& view, const Limit& limit, UtcTime now) { return put(view, kLimits, limit, now); }

Result<std::vector<Level>> all_levels(const store::ReadView& view, std::optional<Eui64> user) {
  if (!user) return all_of<Level>(view, kLevels, "", "");
  const auto from = string_of(wire::Writer().u64(user->value()));
  const auto to = user->value() == UINT64_MAX ? std::string() : string_of(wire::Writer().u64(user->value() + 1));
  return all_of<Level>(view, kLevels, from, to);
}
Result<std::vector<Limit>> all_limits(const store::ReadView& view) { return all_of<Limit>(view, kLimits, "", ""); }

const Level* deciding(const std::vector<Level>& levels, Source source, UtcTime time) {
  const Level* found = nullptr;
  for (const auto& level : levels) {
    if (level.source == source && level.from <= time && (found == nullptr || level.from > found->from)) found = &level;
  }
  return found;
}

}  // namespace meterway::anomaly
