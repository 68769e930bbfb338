#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/net/network.h"
#include "base/wire/link_frame.h"
#include "flow/envelope/envelope.h"

namespace meterway::flow::wan {

/// A hub's own report of its supply, as the region sent it.
struct HubEvent {
  wire::LinkHubEvent frame;
  UtcTime received_at{};
};

/// What the link tells of. All are called on the network thread: hand on, do not work.
struct LinkEvents {
  /// `stored` is to be called once the message is on disk; until then the region keeps it. On a failure the connection
  /// is closed: the region comes back and sends it again.
  std::function<Status(InboundMessage message, std::function<void()> stored)> inbound;
  /// As `inbound`, for a hub that has lost its supply or has it again; may be empty.
  std::function<Status(HubEvent event, std::function<void()> stored)> hub_event{};
  /// These hubs can be reached from now on, by a hello of this number: what send() gave a smaller one for is lost
  /// unless it had arrived.
  std::function<void(std::vector<Eui64> hubs, std::uint64_t hello)> joined;
  /// The device has the command with this transaction of its record, or will not get it.
  std::function<void(Eui64 device, std::uint64_t transaction)> arrived;
  std::function<void(Eui64 device, std::uint64_t transaction, wire::LinkFailure why)> failed;
  /// The same of firmware images: the device has it, or not; the region behind `hello` has a block. May be empty.
  std::function<void(Eui64 device, std::optional<wire::LinkFailure> why, std::uint64_t hello)> transferred{};
  std::function<void(const wire::ImageHash& image, std::uint32_t offset, std::uint64_t hello)> block_taken{};
};

/// Step 6: the platform's end of the link to the regions (docs/wire/link.md). Knows which connection each hub is
/// reached through; keeps nothing over a restart, as the store knows what is still to be sent. A message that is too
/// large for one frame goes in blocks, and is told of as one when all of them have come.
///
/// Receives: OutboundCommand, under the transaction of its record, which a repeat shares: the region gives a device
/// each
///           transaction once.
/// Gives:    InboundMessage later.
/// Refuses:  Network when the hub is not connected; Full when its connection cannot take more.
/// Sharing:  safe between threads.
class Link {
 public:
  /// A command larger than `most_whole_bytes` goes in blocks, to regions that know them.
  Link(const Clock& clock, LinkEvents events, std::size_t most_whole_bytes = wire::kLinkWholeBytes);
  ~Link();

  /// From now on regions may connect, and events come; so whoever is told of them must be able to send() by then.
  /// Errors: Network when the port is taken.
  Status listen(net::Network& network, const std::string& address, std::uint16_t port);
  std::uint16_t port() const;
  /// How many hubs can be reached now.
  std::size_t hubs() const;
  /// The number of the hello that the hub had joined by; hellos are counted from 1 in the order in which they came, of
  /// all connections together, as a hub may come back to an older one.
  Result<std::uint64_t> send(const OutboundCommand& command);
  /// A firmware image, which the region must have; `request` is whose transfer it is, so that a repeat is known. What
  /// it returns is as of the other send(). Errors besides: Unsupported when the region's link is older.
  Result<std::uint64_t> send_transfer(Eui64 hub, Eui64 device, const wire::ImageHash& image, const RequestId& request);
  /// A block of an image to the region that the hub is reached through; its transaction is chosen here.
  Result<std::uint64_t> send_block(Eui64 hub, wire::LinkImageBlock block);
  /// Stops listening; nothing is called afterwards.
  void close();

 private:
  struct State;

  std::shared_ptr<State> state_;  // shared with call-backs that may outlive a connection
  std::unique_ptr<net::FramedEndpoint> endpoint_;
};

}  // namespace meterway::flow::wan
