#pragma once
#include <optional>
#include <string>
#include <vector>

#include "records/registry/device.h"

/// The states that a device of the inventory has had: since when, why, and by whom. Written with the change itself; of
/// a device whose state nobody has changed there is no row.
///
/// Rows:  "device-past" device:8 -> format:1 dropped:4 type:1 state:1 (before the first change that is kept), then of
///        each change, oldest first: at:8 type:1 state:1 (FF: not in the inventory), a length and its cause, and who
namespace meterway::registry {

/// Why a device's row changes.
struct Cause {
  UtcTime at{};
  std::string what;  ///< "8.3", "answer to 8.1.1", "certified product list"
  std::string who;   ///< "user-90b3d51f30010000", a person, "operator", "platform"
};

/// From that moment on.
struct PastState {
  UtcTime at{};
  DeviceType type = DeviceType::Unknown;
  std::optional<DeviceState> state;  ///< none: it was not in the inventory
  std::string what, who;
};
inline constexpr std::size_t kMostStates = 50;  ///< of one device: beyond them the oldest is dropped

struct Past {
  std::uint32_t dropped = 0;  ///< changes that were before those that are kept
  DeviceType type = DeviceType::Unknown;
  std::optional<DeviceState> state;  ///< as it was before the first of them
  std::vector<PastState> changes;    ///< oldest first

  /// The last change that had happened by then; null: none, or none that is kept.
  const PastState* at(UtcTime moment) const;
};
/// Errors: those of the store; of wire::Reader for a row that cannot be read.
Result<Past> past_of(const store::ReadView& view, Eui64 device);
/// Since when it is as it is; none when nothing says so.
std::optional<UtcTime> since(const Past& past, const Device& device);

/// As put_device() and erase_device() of device.h, and writes down when it has another state or type by that. Whoever
/// knows why a row changes uses these.
Status put_device(store::WriteView& view, const Device& device, const Cause& cause);
Status erase_device(store::WriteView& view, Eui64 device, const Cause& cause);

}  // namespace meterway::registry
