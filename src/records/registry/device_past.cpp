#include "records/registry/device_past.h"

#include <iterator>

#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kPast = "device-past";
constexpr std::uint8_t kPastFormat = 1, kNotIn = 0xFF;
constexpr std::size_t kMostCause = 60;  // octets of each text: what is longer is cut

std::string past_key(Eui64 device) { return string_of(wire::Writer().u64(device.value())); }

std::uint8_t octet_of(std::optional<DeviceState> state) { return state ? static_cast<std::uint8_t>(*state) : kNotIn; }
std::optional<DeviceState> read_state(wire::Reader& in) {
  const auto value = in.u8("state");
  if (value == kNotIn) return std::nullopt;
  if (value > static_cast<std::uint8_t>(DeviceState::Recovered)) in.fail(ErrorCode::BadValue, "state");
  return static_cast<DeviceState>(value);
}

Status put_past(store::WriteView& view, Eui64 device, const Past& past) {
  wire::Writer out;
  out.u8(kPastFormat).u32(past.dropped).u8(static_cast<std::uint8_t>(past.type)).u8(octet_of(past.state));
  for (const auto& one : past.changes) {
    out.u64(static_cast<std::uint64_t>(one.at.time_since_epoch().count()));
    out.u8(static_cast<std::uint8_t>(one.type)).u8(octet_of(one.state));
    for (const auto* text : {&one.what, &one.who})
      out.prefixed(bytes_of(std::string_view(*text).substr(0, kMostCause)));
  }
  return view.put(kPast, past_key(device), string_of(out));
}

/// The change from `before` to `after`, either of which may be no entry at all.
Status note_change(store::WriteView& view, Eui64 eui, const std::optional<Device>& before,
                   const std::optional<Device>& after, const Cause& cause) {
  const auto state_of = [](const auto& one) { return one ? std::optional(one->state) : std::nullopt; };
  if (before && after && before->state == after->state && before->type == after->type) return {};
  METERWAY_TRY(auto past, past_of(view, eui));
  if (past.changes.empty()) {
    past.type = before ? before->type : after->type;
    past.state = state_of(before);
  }
  past.changes.push_back({cause.at, after ? after->type : before->type, state_of(after), cause.what, cause.who});
  if (past.changes.size() > kMostStates) {
    past.type = past.changes.front().type;
    past.state = past.changes.front().state;
    past.changes.erase(past.changes.begin());
    ++past.dropped;
  }
  return put_past(view, eui, past);
}

}  // namespace

const PastState* Past::at(UtcTime moment) const {
  const PastState* out = nullptr;
  // In the order in which they happened, whatever a clock that was set back says of it.
  for (const auto& one : changes) {
    if (one.at <= moment) out = &one;
  }
  return out;
}

Result<Past> past_of(const store::ReadView& view, Eui64 device) {
  Past out;
  METERWAY_TRY(const auto row, view.get(kPast, past_key(device)));
  if (!row) return out;
  wire::Reader in(bytes_of(*row));
  in.expect({kPastFormat}, "past format");
  out.dropped = in.u32("dropped");
  out.type = read_enum(in, DeviceType::CAD, "type");
  out.state = read_state(in);
  while (in.ok() && !in.empty() && out.changes.size() < kMostStates) {
    PastState one;
    one.at = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("at"))));
    one.type = read_enum(in, DeviceType::CAD, "type");
    one.state = read_state(in);
    one.what = string_of(in.prefixed("cause"));
    one.who = string_of(in.prefixed("who"));
    out.changes.push_back(std::move(one));
  }
  METERWAY_CHECK(in.finish());
  return out;
}

std::optional<UtcTime> since(const Past& past, const Device& device) {
  if (past.changes.empty() || past.changes.back().state != device.state) return std::nullopt;
  // A change of its type alone, or of nothing, does not begin its state anew.
  for (auto one = past.changes.rbegin(); one != past.changes.rend(); ++one) {
    const auto before = std::next(one);
    if (before == past.changes.rend()) {
      if (past.state == one->state) return std::nullopt;
    } else if (before->state == one->state) {
      continue;
    }
    return one->at;
  }
  return std::nullopt;
}

Status put_device(store::WriteView& view, const Device& device, const Cause& cause) {
  METERWAY_TRY(const auto before, find_device(view, device.eui));
  METERWAY_CHECK(put_device(view, device));
  return note_change(view, device.eui, before, device, cause);
}

Status erase_device(store::WriteView& view, Eui64 device, const Cause& cause) {
  METERWAY_TRY(const auto before, find_device(view, device));
  METERWAY_CHECK(erase_device(view, device));
  return note_change(view, device, before, std::nullopt, cause);
}

}  // namespace meterway::registry
