#pragma once
#include <chrono>
#include <deque>
#include <memory>
#include <vector>

#include "base/wire/link_frame.h"
#include "field/device/device.h"
#include "field/device/faults.h"

namespace meterway::field {

/// How slow a home is, and how it behaves without supply. The demonstration wakes its gas meter at once; a real one
/// talks every half-hour or so.
struct HomeSettings {
  std::chrono::milliseconds latency{20};           ///< from the hub to a device and through it
  std::chrono::milliseconds gas_wake_interval{0};  ///< 0: the gas meter is always awake
  /// A hub that loses its supply keeps silent this long, then tells of it on stored energy,
  std::chrono::milliseconds report_after{std::chrono::minutes(3)};
  /// not all at once: each hub waits up to this long, always the same for the same hub;
  std::chrono::milliseconds report_spread{2000};
  /// and if its energy does not last so long after the loss it says nothing.
  std::chrono::milliseconds hold_up{std::chrono::minutes(4)};
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
    Supply,     ///< the hub reports its supply: `supply`, without transaction and the region's stamps
  } kind = Kind::Message;
  std::uint64_t transaction = 0;
  wire::LinkFailure reason = wire::LinkFailure::Refused;
  Eui64 device;
  Bytes message;
  RequestId command{};       ///< Delivered: whose command it was
  const char* refusal = "";  ///< Delivered: why the device did not carry it out; "" when it did
  bool repeated = false;     ///< Delivered: taken before, not given to the device again
  wire::LinkHubEvent supply{};
};

/// What a home remembers besides its devices. Plain data, kept with their states.
struct HomeMemory {
  std::map<Eui64, std::deque<std::uint64_t>> taken;  ///< transactions that reached their devices, oldest first
  std::optional<UtcTime> lost;                       ///< the supply is gone since then
  bool told = false;                                 ///< and the hub has reported it, or has run out of energy
  /// What a gas meter, which lives on its battery, said while the hub had no supply: it goes out when it has.
  std::vector<std::pair<Eui64, Bytes>> unsaid{};
};

/// One home: a communications hub (CHF and GPF) and what is on its network. Messages to one device are carried out in
/// the order they came; a sleeping gas meter gets its own when it wakes. Who is not in the hub's device log cannot
/// talk. Sharing: one thread at a time.
class Home {
 public:
  static constexpr std::size_t kWaiting = 64;                       ///< messages waiting for one device; over it: Busy
  static constexpr std::size_t kTaken = wire::kLinkMostRemembered;  ///< transactions remembered of a device

  static constexpr std::size_t kUnsaid = 64;  ///< messages kept for a hub without supply; later ones are lost (ours)

  /// `devices` hold exactly one CHF.
  Home(std::vector<Installed> devices, HomeSettings settings, HomeMemory memory = {});

  Eui64 hub() const { return devices_[hub_].unit.device.identity().eui; }
  /// Null when there is none.
  const Device* device(Eui64 eui) const;
  /// Calls `use` with every device.
  template <class F>
  void each(F use) const {
    for (const auto& place : devices_) use(place.unit.device);
  }

  const HomeMemory& memory() const { return memory_; }
  /// Devices whose state is no longer what it was at the last call; what time alone changes does not count, as time
  /// will bring it about again.
  std::vector<const Device*> take_changed();
  /// After a restart: what the hub had not handed on yet is gone with its memory.
  void forget_waiting();

  /// The supply fails or comes back. Nothing happens when it has failed, or is there, already.
  void lose_supply(UtcTime at);
  void restore_supply(UtcTime at);

  /// A device tells of an event of its own accord (Device::raise). What it sends is told by the next pass().
  /// Errors: a sentence: nobody of that name, no supply, or what the device says.
  Result<Raised, std::string> raise(Eui64 device, std::uint16_t alert, const AlertParameters& parameters, UtcTime now);

  /// A person does something at a meter, or at a display (PPMID) that passes it on. Neither needs the WAN: what the
  /// meter has to tell is told when there is one. Without supply a gas meter's own keys work alone. Errors: a sentence:
  /// nobody of that name, no supply, not joined.
  Result<LocalResult, std::string> act(Eui64 meter, std::optional<Eui64> display, const LocalOrder& order, UtcTime now);

  /// Something in a device breaks, or is mended: code 0, and everything when no place is named. What is broken then.
  /// Errors: a sentence: nobody of that name.
  Result<std::map<std::string, std::uint8_t>, std::string> fault(Eui64 device, const Fault& fault);

  /// What a device would answer to a command, without anything changing (Device::rehearse). Errors: a sentence: nobody
  /// of that name.
  Result<Outcome, std::string> rehearse(Eui64 device, ByteView message, UtcTime now) const;

  /// A message for a device behind the hub (or the hub). What comes of it is told by pass(). A transaction that was
  /// taken before is told as Delivered again without troubling the device; one still waiting is not queued twice.
  void deliver(std::uint64_t transaction, Eui64 device, Bytes message, UtcTime now);
  /// A message of that transaction has reached the device, or waits for it: its content is of no matter any more.
  bool knows(std::uint64_t transaction, Eui64 device) const;
  /// A firmware image for a device behind the hub, whole; otherwise as deliver().
  void transfer(std::uint64_t transaction, Eui64 device, std::shared_ptr<const Bytes> image, UtcTime now);
  /// Lets time pass: what is due happens, in order.
  std::vector<HomeEvent> pass(UtcTime now);
  /// When pass() next has something to do: to carry, to carry out a dated instruction, to report, to tell what a meter
  /// will notice by then; none when nothing waits.
  std::optional<UtcTime> next_due() const;
  /// Messages wait for a device; they are in memory alone.
  bool has_waiting() const;

 private:
  struct Waiting {
    UtcTime due{};
    std::uint64_t transaction = 0;
    Bytes message;
    std::shared_ptr<const Bytes> image{};  ///< instead of a message
  };
  struct Place {
    Installed unit;
    std::deque<Waiting> waiting;
    bool changed = false;
    /// When its meter will notice something; nothing while that has to be worked out anew.
    mutable std::optional<std::optional<UtcTime>> notice{};
    void touch() {
      changed = true;
      notice.reset();
    }
  };
  Place* find(Eui64 eui);
  bool was_taken(std::uint64_t transaction, Eui64 device) const;
  static bool waits(const Place& place, std::uint64_t transaction);
  UtcTime when(DeviceType type, UtcTime now) const;
  void accept(Waiting waiting, Eui64 device, UtcTime now);
  void carry(Place& place, const Waiting& waiting, UtcTime now, std::vector<HomeEvent>& events);
  void carry_image(Place& place, const Bytes& image, UtcTime now, std::vector<HomeEvent>& events);
  void talk(Place& place, std::vector<Bytes> messages, UtcTime now, std::vector<HomeEvent>& events);
  bool reachable(Place& place, UtcTime now, std::vector<HomeEvent>& events);
  Result<Device::Acted, std::string> act_through(Place& meter, Eui64 display, const LocalOrder& order, UtcTime now);
  Network network() const;
  void mirror_gas(UtcTime now);
  void tell(HomeEvent::Kind kind, std::uint64_t transaction, wire::LinkFailure reason, Eui64 device);
  UtcTime report_at() const;
  HomeEvent report(wire::LinkHubEvent::Kind kind, UtcTime lost, UtcTime restored, UtcTime now) const;
  void without_supply(UtcTime now, std::vector<HomeEvent>& events);

  std::vector<Place> devices_;
  HomeSettings settings_;
  std::size_t hub_ = 0;
  HomeMemory memory_;
  std::vector<HomeEvent> refused_;  ///< what came between two passes, told by the next
  UtcTime mirrored_{};
};

}  // namespace meterway::field
