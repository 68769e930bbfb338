#include "records/registry/device_states.h"

#include <utility>

namespace meterway::registry {
namespace {

#include "records/registry/device_states.inc"

}  // namespace

std::string_view name(DeviceEvent event) { return kEventNames[static_cast<std::size_t>(event)]; }
std::span<const StateRow> state_rows() { return kStateRows; }

const StateRow* find_state_row(DeviceEvent event, DeviceType type, std::optional<DeviceState> from) {
  const auto state = from ? static_cast<std::uint8_t>(*from) : kNotThere;
  for (const auto& row : kStateRows) {
    if (row.event == event && row.from == state && (row.types >> static_cast<unsigned>(type) & 1) != 0) return &row;
  }
  return nullptr;
}

bool happens(Device& device, DeviceEvent event, UtcTime at) {
  const auto* row = find_state_row(event, device.type, device.state);
  if (row == nullptr || row->to == kNotThere || row->to == kAsBefore) return false;
  const auto before = std::exchange(device.state, static_cast<DeviceState>(row->to));
  if (device.state == DeviceState::Commissioned && before != device.state)
    device.details["DateCommissioned"] = to_iso8601(at, 0).substr(0, 10);
  return true;
}

Device with_changes(const Device& now, const Device& seen, const Device& after) {
  Device out = now;
  if (now.state == seen.state) out.state = after.state;
  if (after.hub != seen.hub) out.hub = after.hub;
  for (const auto& [name, text] : after.details) {
    if (seen.detail(name) != text) out.details[name] = text;
  }
  return out;
}

}  // namespace meterway::registry
