#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "base/wire/link_blocks.h"
#include "field/hub/home_store.h"
#include "field/hub/images.h"
#include "field/hub/weather.h"

namespace meterway::field {

struct RegionSettings {
  std::chrono::milliseconds resend{10000};  ///< what is not acknowledged is sent again after this, then twice as long,
  std::chrono::milliseconds longest_resend{60000};  ///< up to this
  std::size_t awake = 2000;                         ///< homes kept ready; others wake when something comes for them
  WeatherSettings weather{};
  /// A larger message of a device goes in blocks of this,
  std::size_t block_bytes = wire::kLinkWholeBytes;
  std::chrono::milliseconds block_resend{2000};  ///< which are asked after when none has been answered for so long
};

/// Counted since the region was made.
struct RegionCounts {
  std::uint64_t deliveries = 0;  ///< deliver frames
  std::uint64_t arrivals = 0;    ///< commands that reached a device, each for the first time
  std::uint64_t executed = 0;    ///< of those: carried out, or refused by the use case itself
  std::uint64_t refused = 0;     ///< of those: not authentic, or a counter used before
  std::uint64_t repeats = 0;     ///< deliveries acknowledged again without troubling the device
  std::uint64_t failed = 0;      ///< deliveries that did not reach their device
  std::uint64_t messages = 0;    ///< responses and alerts of devices
  std::uint64_t hub_events = 0;  ///< reports of supply
  std::uint64_t resent = 0;      ///< frames sent again for want of an acknowledgement
  std::uint64_t lost = 0;        ///< frames that the weather took
  std::uint64_t blocks = 0;      ///< blocks of messages sent
};

/// Homes behind one connection to the platform's WAN port; the region's side of docs/wire/link.md as a machine without
/// threads, sockets or clock of its own: it is told what came and what time it is, and says when it wants to be called
/// again. A RegionWorker runs it in a process; a simulation calls it from its own event loop.
///
/// What is too large for one frame goes in blocks, kMostInBlocks messages at a time.
///
/// Homes wake when something comes for them or falls due; pass() looks at those alone, however many there are.
/// Sharing: one thread at a time.
class Region {
 public:
  /// Fewer than the other side puts together at once, so that it need not turn any away.
  static constexpr std::size_t kMostInBlocks = 16;
  /// Of commands that come in blocks. There may be many homes, and the platform is no stranger.
  static constexpr wire::LinkAssemblies::Limits kLimits{1024, std::size_t{64} << 20, std::chrono::seconds(60)};

  /// Sends one frame; what it cannot send is lost.
  using Send = std::function<void(Bytes frame)>;
  /// Told of every delivery that came to a device (HomeEvent::Kind::Delivered), once it is on disk and before it is
  /// acknowledged.
  using Arrived = std::function<void(Eui64 hub, const HomeEvent& event, UtcTime at)>;

  /// `clock` and `homes` outlive the region.
  Region(const Clock& clock, HomeStore& homes, RegionSettings settings = {}, Arrived arrived = nullptr);

  /// A connection has opened: says hello on it. What was sent on another before is forgotten.
  void opened(Send send);
  void closed();
  /// A frame came.
  void take(ByteView frame);
  /// Does what is due, keeps it, and sends what depends on it. Returns when to call again if nothing comes before.
  UtcTime pass();

  /// Takes the supply of homes away, or gives it back: of those that `chosen` names (all of them when it is null), at
  /// most `limit`. Returns how many.
  std::size_t lose_supply(const std::function<bool(Eui64)>& chosen, std::size_t limit);
  std::size_t restore_supply(const std::function<bool(Eui64)>& chosen, std::size_t limit);

  /// A device behind the hub raises an alert (Device::raise); it is kept and sent by the next pass().
  Result<Raised, std::string> raise(Eui64 hub, Eui64 device, std::uint16_t alert, const AlertParameters& parameters);

  /// A person does something at a meter behind the hub, or at a display (Home::act).
  Result<LocalResult, std::string> act(Eui64 hub, Eui64 meter, std::optional<Eui64> display, const LocalOrder& order);

  /// Something in a device behind the hub breaks or is mended (Home::fault).
  Result<std::map<std::string, std::uint8_t>, std::string> fault(Eui64 hub, Eui64 device, const Fault& fault);
  /// What is broken in it.
  Result<std::map<std::string, std::uint8_t>, std::string> faults(Eui64 hub, Eui64 device);

  /// What a device behind the hub would answer to a command (Home::rehearse).
  Result<Outcome, std::string> rehearse(Eui64 hub, Eui64 device, ByteView message);

  std::size_t homes() const { return hubs_.size(); }
  std::size_t homes_awake() const { return awake_.size(); }
  std::size_t homes_without_supply() const { return dark_.size(); }
  std::size_t unacknowledged() const { return outbox_.size(); }
  bool accepted() const { return accepted_; }
  const RegionCounts& counts() const { return counts_; }

 private:
  struct Awake {
    std::unique_ptr<Home> home;
    std::uint64_t used = 0;  ///< last touched in this pass
  };
  struct Waiting {
    Unacknowledged content;
    unsigned attempts = 0;
    bool kept = false;
    UtcTime again{};                              ///< when to send it again; zero: no time is set
    std::unique_ptr<wire::BlockSender> blocks{};  ///< of one that is on its way in blocks
  };
  struct Held {
    Bytes frame;
    bool incoming = false;
  };

  Home* wake(Eui64 hub);
  void schedule(Home& home);
  void unschedule(Eui64 hub);
  void look_at_homes(UtcTime now);
  void note(Home& home, std::vector<HomeEvent> events, UtcTime now);
  void add_to_outbox(Unacknowledged content);
  bool keep();
  void let_sleep();

  void say_hello(UtcTime now);
  void take_frame(ByteView frame);
  void take_deliver(const wire::LinkDeliver& deliver);
  void take_transfer(const wire::LinkTransfer& transfer);
  void take_ack(std::uint64_t transaction);
  void take_block(const wire::LinkMessageBlock& frame);
  void take_block_ack(const wire::LinkMessageBlock& frame);
  void send(const wire::LinkFrame& frame);
  void send_waiting(Waiting& waiting, UtcTime now);
  void send_blocks(Waiting& waiting, std::vector<wire::GeneralBlock> blocks, UtcTime now);
  void start_blocks(UtcTime now);
  void set_again(Waiting& waiting, UtcTime at);
  void put(Bytes frame);  ///< into the air
  void release_held(UtcTime now);
  void resend(UtcTime now);

  const Clock& clock_;
  HomeStore& store_;
  const RegionSettings settings_;
  const Arrived arrived_;
  Weather weather_;
  RegionCounts counts_;

  std::set<Eui64> hubs_;
  std::set<Eui64> dark_;  ///< without supply
  std::unordered_map<std::uint64_t, Awake> awake_;
  std::set<std::pair<UtcTime, Eui64>> due_;
  std::unordered_map<std::uint64_t, UtcTime> due_of_;
  std::uint64_t passes_ = 0;

  std::map<std::uint64_t, Waiting> outbox_;
  std::set<std::pair<UtcTime, std::uint64_t>> resends_;
  std::uint64_t next_transaction_ = 1;

  // Happened, not yet on disk.
  std::set<Eui64> changed_;
  std::vector<std::uint64_t> added_, acknowledged_;
  struct Told {
    Eui64 hub;
    HomeEvent event;
    UtcTime at;
  };
  std::vector<Told> arrivals_;
  std::vector<wire::LinkFrame> unsent_;

  Images images_;
  wire::LinkAssemblies assemblies_{
      kLimits};                            ///< commands that come in blocks; a connection that breaks does not end them
  std::set<std::uint64_t> in_blocks_;      ///< of the outbox: on their way in blocks,
  std::deque<std::uint64_t> wait_blocks_;  ///< and those that wait until others are through
  Send send_;                              ///< empty without a connection
  bool accepted_ = false;                  ///< every hello of this connection is acknowledged
  std::size_t hellos_ = 0;                 ///< of this connection, not yet acknowledged
  UtcTime hello_again_{};
  std::multimap<UtcTime, Held> held_;  ///< under way
};

}  // namespace meterway::field
