#pragma once
#include <span>
#include <string_view>

#include "records/registry/device.h"

/// How a device of the inventory gets from one state into another: the rows of spec/device_states.tsv, and nothing
/// else.
namespace meterway::registry {

/// What happens to a device: one value per name in the table.
enum class DeviceEvent : std::uint8_t {
#define METERWAY_DEVICE_EVENT_ENUM
#include "records/registry/device_states.inc"
#undef METERWAY_DEVICE_EVENT_ENUM
};
std::string_view name(DeviceEvent event);

inline constexpr std::uint8_t kNotThere = 0xFF;  ///< as `from`: the inventory does not have it; as `to`: it leaves
inline constexpr std::uint8_t kAsBefore = 0xFE;  ///< as `to`: what it was before it was suspended

struct StateRow {
  DeviceEvent event;
  std::uint16_t types;  ///< bit n: DeviceType n
  std::uint8_t from;    ///< DeviceState, or kNotThere
  std::uint8_t to;      ///< DeviceState, kNotThere or kAsBefore
  std::string_view who, clause, how_sure, note;
};
std::span<const StateRow> state_rows();

/// The row that says what becomes of it; null: there is none, and the device stays as it is.
const StateRow* find_state_row(DeviceEvent event, DeviceType type, std::optional<DeviceState> from);

/// Changes `device.state` by its row, with the date on which it was commissioned; false when there is none. Not for
/// what enters, leaves or is restored: these are more than a state (products.h).
bool happens(Device& device, DeviceEvent event, UtcTime at);

/// `now` with what changed between `seen` and `after`; its state stays as it is when it has changed since `seen`, as
/// the row was for another.
Device with_changes(const Device& now, const Device& seen, const Device& after);

}  // namespace meterway::registry
