#pragma once
#include <chrono>
#include <deque>
#include <vector>

#include "base/wire/link_frame.h"
#include "field/device/device.h"

namespace meterway::field {

/// How slow a home is. The demonstration wakes its gas meter at once; a real one talks every half-hour or so.
struct HomeSettings {
  std::chrono::milliseconds latency{20};           ///< from the hub to a device and through it
  std::chrono::milliseconds gas_wake_interval{0};  ///< 0: the gas meter is always awake
};

/// A device of the home and the code on its label.
struct Installed {
  Device device;
  Bytes install_code;
};

/// What the wide area network sees of a home.
struct HomeEvent {
  enum class Kind : std::uint8_t {
    Delivered,  ///< the device has the message of `transaction`
    Failed,     ///< it will not get it, for `reason`
    Message,    ///< `message` from `device`
  } kind = Kind::Message;
  std::uint64_t transaction = 0;
  wire::LinkFailure reason = wire::LinkFailure::Refused;
  Eui64 device;
  Bytes message;
};

/// One home: a communications hub (CHF and GPF) and what is on its network. Messages to one device are carried out in
/// the order they came; a sleeping gas meter gets its own when it wakes. Who is not in the hub's device log cannot
/// talk. Sharing: one thread at a time.
class Home {
 public:
  static constexpr std::size_t kWaiting = 64;  ///< messages waiting for one device; over it: Busy

  /// `devices` hold exactly one CHF.
  Home(std::vector<Installed> devices, HomeSettings settings);

  Eui64 hub() const { return devices_[hub_].unit.device.identity().eui; }
  /// Null when there is none.
  const Device* device(Eui64 eui) const;
  /// Calls `use` with every device.
  template <class F>
  void each(F use) const {
    for (const auto& place : devices_) use(place.unit.device);
  }

  /// A message for a device behind the hub (or the hub). What comes of it is told by pass().
  void deliver(std::uint64_t transaction, Eui64 device, Bytes message, UtcTime now);
  /// Lets time pass: what is due happens, in order.
  std::vector<HomeEvent> pass(UtcTime now);
  /// When pass() next has something to carry to a device; none when nothing waits.
  std::optional<UtcTime> next_due() const;

 private:
  struct Waiting {
    UtcTime due{};
    std::uint64_t transaction = 0;
    Bytes message;
  };
  struct Place {
    Installed unit;
    std::deque<Waiting> waiting;
  };
  Place* find(Eui64 eui);
  UtcTime when(DeviceType type, UtcTime now) const;
  void carry(Place& place, const Waiting& waiting, UtcTime now, std::vector<HomeEvent>& events);
  void talk(Place& place, std::vector<Bytes> messages, UtcTime now, std::vector<HomeEvent>& events);
  bool reachable(Place& place, UtcTime now, std::vector<HomeEvent>& events);
  void mirror_gas(UtcTime now);

  std::vector<Place> devices_;
  HomeSettings settings_;
  std::size_t hub_ = 0;
  std::vector<HomeEvent> refused_;  ///< of deliver(), told by the next pass()
  UtcTime mirrored_{};
};

}  // namespace meterway::field
