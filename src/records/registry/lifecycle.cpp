#include "records/registry/lifecycle.h"

#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kLives = "device-life", kJoins = "device-joined", kBlocks = "device-blocked";
constexpr std::uint8_t kFormat = 1, kNotSuspended = 0xFF, kSaid = 1, kOtherSaid = 2;
constexpr std::size_t kMostWhy = 200;

std::string key_of(Eui64 device) { return string_of(wire::Writer().u64(device.value())); }
std::string key_of(Eui64 device, Eui64 other) { return key_of(device) + key_of(other); }

Result<std::uint8_t> said_at(const store::ReadView& view, const std::string& key) {
  METERWAY_TRY(const auto row, view.get(kJoins, key));
  return row && row->size() == 1 ? static_cast<std::uint8_t>(row->front()) : std::uint8_t{0};
}

Status put_said(store::WriteView& view, const std::string& key, unsigned said) {
  return said == 0 ? view.erase(kJoins, key) : view.put(kJoins, key, std::string(1, static_cast<char>(said)));
}

/// Both rows tell the same, each from its own side.
Status put_both(store::WriteView& view, Eui64 device, Eui64 other, std::uint8_t said) {
  METERWAY_CHECK(put_said(view, key_of(device, other), said));
  const auto mirrored = (said & kSaid ? kOtherSaid : 0u) | (said & kOtherSaid ? kSaid : 0u);
  return put_said(view, key_of(other, device), mirrored);
}

}  // namespace

Result<Life> life_of(const store::ReadView& view, Eui64 device) {
  Life life;
  METERWAY_TRY(const auto row, view.get(kLives, key_of(device)));
  if (!row) return life;
  wire::Reader in(bytes_of(*row));
  in.expect({kFormat}, "life format");
  const Eui64 by(in.u64("by"));
  if (by != Eui64()) life.notified_by = by;
  life.notified_at = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("at"))));
  const auto before = in.u8("before");
  if (before != kNotSuspended) {
    if (before > static_cast<std::uint8_t>(DeviceState::Recovered)) in.fail(ErrorCode::BadValue, "before");
    life.before = static_cast<DeviceState>(before);
  }
  life.why = string_of(in.prefixed("why"));
  METERWAY_CHECK(in.finish());
  return life;
}

Status put_life(store::WriteView& view, Eui64 device, const Life& life) {
  wire::Writer out;
  out.u8(kFormat).u64(life.notified_by.value_or(Eui64()).value());
  out.u64(static_cast<std::uint64_t>(life.notified_at.time_since_epoch().count()));
  out.u8(life.before ? static_cast<std::uint8_t>(*life.before) : kNotSuspended);
  out.prefixed(bytes_of(std::string_view(life.why).substr(0, kMostWhy)));
  return view.put(kLives, key_of(device), string_of(out));
}

Status erase_life(store::WriteView& view, Eui64 device) {
  METERWAY_TRY(const auto row, view.get(kLives, key_of(device)));
  return row ? view.erase(kLives, key_of(device)) : Status();
}

Result<bool> is_blocked(const store::ReadView& view, Eui64 device) {
  METERWAY_TRY(const auto row, view.get(kBlocks, key_of(device)));
  return row.has_value();
}

Status block(store::WriteView& view, Eui64 device, std::string_view reference) {
  return view.put(kBlocks, key_of(device), std::string(reference));
}

Status unblock(store::WriteView& view, Eui64 device) {
  METERWAY_TRY(const bool blocked, is_blocked(view, device));
  return blocked ? view.erase(kBlocks, key_of(device)) : Status();
}

Result<std::vector<Join>> joins_of(const store::ReadView& view, Eui64 device) {
  const auto from = key_of(device);
  const auto to = device.value() == UINT64_MAX ? std::string() : key_of(Eui64(device.value() + 1));
  METERWAY_TRY(const auto rows, view.scan(kJoins, from, to, kMostJoins));
  std::vector<Join> out;
  for (const auto& row : rows) {
    if (row.key.size() != 16 || row.value.size() != 1) return fail(ErrorCode::BadValue, 0, "joined devices");
    const auto said = static_cast<std::uint8_t>(row.value.front());
    out.push_back({Eui64::from_wire_or_zero(bytes_of(std::string_view(row.key).substr(8))), (said & kSaid) != 0,
                   (said & kOtherSaid) != 0});
  }
  return out;
}

Status join(store::WriteView& view, Eui64 device, Eui64 other) {
  METERWAY_TRY(const auto said, said_at(view, key_of(device, other)));
  if (said == 0) {
    for (const auto one : {device, other}) {
      METERWAY_TRY(const auto all, joins_of(view, one));
      if (all.size() >= kMostJoins) return fail(ErrorCode::TooLarge, all.size(), "joined devices");
    }
  }
  return put_both(view, device, other, said | kSaid);
}

Status unjoin(store::WriteView& view, Eui64 device, Eui64 other) {
  METERWAY_TRY(const auto said, said_at(view, key_of(device, other)));
  if (said == 0) return {};
  return put_both(view, device, other, static_cast<std::uint8_t>(said & ~kSaid));
}

Status forget_joins(store::WriteView& view, Eui64 device) {
  METERWAY_TRY(const auto all, joins_of(view, device));
  for (const auto& one : all) METERWAY_CHECK(put_both(view, device, one.other, 0));
  return {};
}

}  // namespace meterway::registry
