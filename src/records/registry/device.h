#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/util/clock.h"
#include "records/store/store.h"
#include "standard/ids/ids.h"

namespace meterway::registry {

/// DUIS DeviceStatus, in the schema's words and order.
enum class DeviceState : std::uint8_t {
  Pending,
  Whitelisted,
  InstalledNotCommissioned,
  Commissioned,
  Decommissioned,
  Withdrawn,
  Suspended,
  Recovery,
  Recovered,
};
Result<DeviceState> parse_device_state(std::string_view text);
std::string_view to_string(DeviceState state);

/// A User responsible for a device in one role, from `from` until (not including) `until`.
struct Responsibility {
  UserRole role = UserRole::IS;
  Eui64 user;
  std::optional<UtcTime> from;
  std::optional<UtcTime> until;
};

/// One entry of the smart metering inventory.
struct Device {
  Eui64 eui;
  DeviceType type = DeviceType::Unknown;
  DeviceState state = DeviceState::Pending;
  std::optional<Eui64> hub;                    ///< the CHF in whose device log it is; itself for a CHF
  std::map<std::string, std::string> details;  ///< by element name of the DUIS Device record: see detail_names()
  std::vector<Responsibility> responsible;     ///< empty: the registry does not say, nobody is turned away

  std::string_view detail(const std::string& name) const {
    const auto found = details.find(name);
    return found == details.end() ? std::string_view() : std::string_view(found->second);
  }
};

/// The details an inventory entry may carry, in the order of the DUIS Device record (PostCode and AddressIdentifier
/// stand for its PropertyFilter).
std::span<const std::string_view> detail_names();

/// How many Users may be responsible for one device, and how many devices may share a hub, a metering point, a property
/// or a post code.
inline constexpr std::size_t kMostResponsible = 255;
inline constexpr std::size_t kMostDevicesTogether = 4096;

/// Nothing is kept in memory: each call reads what it is asked for.
/// Errors: Database; of wire::Reader when a stored record cannot be read.
Result<std::optional<Device>> find_device(const store::ReadView& view, Eui64 eui);

/// Those that have this hub, itself among them.
Result<std::vector<Device>> devices_of_hub(const store::ReadView& view, Eui64 hub);
enum class DeviceProperty : std::uint8_t { MeteringPoint, Uprn, PostCode };
/// Those with this property; a metering point is any of a device's three.
Result<std::vector<Device>> devices_with(const store::ReadView& view, DeviceProperty property, std::string_view value);
/// In the order of their EUI-64, from this one on: pages of all there are.
Result<std::vector<Device>> devices_from(const store::ReadView& view, Eui64 from, std::size_t limit);
/// The same for who goes through all of them: a row that cannot be read keeps nobody from the others.
struct DevicePage {
  std::vector<Device> devices;
  std::vector<Eui64> unreadable;
  Eui64 last;  ///< of both
  std::size_t size() const { return devices.size() + unreadable.size(); }
};
Result<DevicePage> device_page(const store::ReadView& view, Eui64 from, std::size_t limit);

/// Errors besides: TooLarge for a detail over 127 bytes, or over the limits above.
Status put_device(store::WriteView& view, const Device& device);
/// Errors besides: NotFound.
Status erase_device(store::WriteView& view, Eui64 eui);

}  // namespace meterway::registry
