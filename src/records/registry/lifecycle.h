#pragma once
#include <string>
#include <vector>

#include "records/registry/device_states.h"

/// What the inventory remembers of a device beside its entry: who brought it in, what it was before it was suspended,
/// and which devices it is joined with, and whether it is blocked.
///
/// Rows:  "device-life"    device:8 -> format:1 by:8 at:8 before:1 (FF: not suspended), a length and the bytes of: why
///        "device-joined"  device:8 other:8 -> said:1 (bit 0: the device has said so, bit 1: the other has)
///        "device-blocked" device:8 -> the reference of the record that holds it (kind blocked_device)
namespace meterway::registry {

struct Life {
  std::optional<Eui64> notified_by;  ///< the User who pre-notified it (12.2)
  UtcTime notified_at{};
  std::optional<DeviceState> before;  ///< while it is suspended by us
  std::string why;                    ///< it is suspended
};
Result<Life> life_of(const store::ReadView& view, Eui64 device);
Status put_life(store::WriteView& view, Eui64 device, const Life& life);
Status erase_life(store::WriteView& view, Eui64 device);

/// Blocked: a fact of its own, whatever state the inventory has the device in, and whether it has it at all. While it
/// holds every state of use counts as Suspended (as_listed in products.h, rows `blocked` of spec/device_states.tsv).
Result<bool> is_blocked(const store::ReadView& view, Eui64 device);
Status block(store::WriteView& view, Eui64 device, std::string_view reference);
Status unblock(store::WriteView& view, Eui64 device);

struct Join {
  Eui64 other;
  bool said = false;        ///< the device has answered that the other is in its log
  bool other_said = false;  ///< and the other likewise
};
inline constexpr std::size_t kMostJoins = 256;
Result<std::vector<Join>> joins_of(const store::ReadView& view, Eui64 device);
/// `device` has said that it took `other` into its log. Each of the two knows it. Errors: TooLarge over kMostJoins.
Status join(store::WriteView& view, Eui64 device, Eui64 other);
/// `device` has said that `other` is out of its log.
Status unjoin(store::WriteView& view, Eui64 device, Eui64 other);
/// The device is gone: from the others' records as well.
Status forget_joins(store::WriteView& view, Eui64 device);

/// A change to joins that waits for its write.
struct JoinChange {
  Eui64 device, other;
  bool joined = false;
};

}  // namespace meterway::registry
