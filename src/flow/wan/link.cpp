#include "flow/wan/link.h"

#include <atomic>

#include "base/crypto/digest.h"
#include "base/wire/link_blocks.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::flow::wan {

using Connection = std::shared_ptr<net::FramedConnection>;
namespace {

/// The number of a command on the link, for good. What makes a command itself is its header, so the number follows
/// from that: a store that was restored from a back-up gives no number a second time.
std::uint64_t number_of(const registry::RequestRecord& record) {
  const auto digest = crypto::sha256(wire::Writer()
                                         .u64(record.header.originator.value())
                                         .u64(record.header.target.value())
                                         .u64(record.header.counter.value)
                                         .u16(record.code.value)
                                         .take());
  const auto number = wire::Reader(digest).u64("transaction");
  return number == 0 ? 1 : number;
}

/// As of a command: the same transfer has the same number, so that the device gets the image once.
std::uint64_t number_of_transfer(Eui64 device, const wire::ImageHash& image, const RequestId& request) {
  const auto digest = crypto::sha256(wire::Writer()
                                         .u64(request.originator.value())
                                         .u64(request.counter.value)
                                         .u64(device.value())
                                         .bytes(ByteView(image))
                                         .take());
  const auto number = wire::Reader(digest).u64("transaction");
  return number == 0 ? 1 : number;
}

}  // namespace

struct Link::State {
  State(const Clock& c, LinkEvents e, std::size_t most) : clock(c), events(std::move(e)), most_whole(most) {}

  const Clock& clock;
  const LinkEvents events;
  const std::size_t most_whole;  // octets of a command; a larger one goes in blocks
  std::mutex mutex;
  struct Way {
    Connection connection;
    std::uint64_t number = 0;  // of the hello
    std::uint8_t version = 0;  // of the region's link
  };
  std::map<Eui64, Way> hubs;  // the last hello that names a hub has it, whichever connection is the older
  std::uint64_t last_number = 0;
  std::atomic<std::uint64_t> last_block{0};
  enum class Kind : std::uint8_t { Command, Transfer, Block };
  struct Unanswered {
    Connection connection;
    Eui64 device;
    std::uint64_t transaction = 0;  // the record's own
    Kind kind = Kind::Command;
    std::uint64_t hello = 0;
    wire::ImageHash image{};  // of a block
    std::uint32_t offset = 0;
    std::shared_ptr<wire::BlockSender> blocks{};  // of a command too large to go whole, by this connection
  };
  std::map<std::uint64_t, Unanswered> unanswered;  // by number on the link
  // What comes in blocks: a region has room of its own, and what one leaves unfinished is no other's loss.
  std::map<Connection, wire::LinkAssemblies> assemblies;

  void on_frame(const Connection& connection, const Bytes& bytes);
  void on_closed(const Connection& connection);

  void take(const Connection& connection, const wire::LinkHello& hello);
  void take(const Connection& connection, const wire::LinkInbound& inbound);
  void take(const Connection& connection, const wire::LinkAck& ack);
  void take(const Connection& connection, const wire::LinkDeliverFailed& failed);
  void take(const Connection& connection, const wire::LinkDeliver&) {
    connection->close();
  }  // only the platform says this
  void take(const Connection& connection, const wire::LinkHubEvent& event);
  void take(const Connection& connection, const wire::LinkImageBlock&) { connection->close(); }
  void take(const Connection& connection, const wire::LinkTransfer&) { connection->close(); }
  void take(const Connection& connection, const wire::LinkMessageBlock& frame);
  bool speaks_for(const Connection& connection, Eui64 hub);
  std::optional<wire::LinkInbound> put_together(const Connection& connection, const wire::LinkMessageBlock& frame);
  void go_on(const Connection& connection, const wire::LinkMessageBlock& answer);
  Result<Way> way_of(Eui64 hub, std::uint64_t transaction, Unanswered waits);
  /// Of a block: what the region does with one twice is the same, so any number will do that no command has.
  std::uint64_t next_block() { return ++last_block; }
  std::optional<Unanswered> answered(const Connection& connection, std::uint64_t transaction);
};

/// The command; nothing when this connection was not asked to carry it.
std::optional<Link::State::Unanswered> Link::State::answered(const Connection& connection, std::uint64_t transaction) {
  const std::lock_guard lock(mutex);
  const auto found = unanswered.find(transaction);
  if (found == unanswered.end() || found->second.connection != connection) return std::nullopt;
  auto command = std::move(found->second);
  unanswered.erase(found);
  return command;
}

void Link::State::take(const Connection& connection, const wire::LinkHello& hello) {
  std::vector<Eui64> joined;
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex);
    number = ++last_number;
    for (const auto value : hello.hubs) {
      joined.emplace_back(value);
      hubs[Eui64(value)] = {connection, number, hello.version};
    }
  }
  (void)connection->send(wire::write_link_frame(wire::LinkAck{0}));
  events.joined(std::move(joined), number);
}

/// A region speaks for its own hubs only.
bool Link::State::speaks_for(const Connection& connection, Eui64 hub) {
  const std::lock_guard lock(mutex);
  const auto found = hubs.find(hub);
  return found != hubs.end() && found->second.connection == connection;
}

void Link::State::take(const Connection& connection, const wire::LinkInbound& inbound) {
  InboundMessage message{Eui64(inbound.hub), Eui64(inbound.device), inbound.message, clock.now()};
  if (!speaks_for(connection, message.hub)) return;
  const auto taken = events.inbound(std::move(message), [connection, transaction = inbound.transaction] {
    (void)connection->send_soon(wire::write_link_frame(wire::LinkAck{transaction}));
  });
  if (!taken) connection->close();
}

void Link::State::take(const Connection& connection, const wire::LinkHubEvent& event) {
  if (!speaks_for(connection, Eui64(event.hub))) return;
  const auto stored = [connection, transaction = event.transaction] {
    (void)connection->send_soon(wire::write_link_frame(wire::LinkAck{transaction}));
  };
  if (!events.hub_event) return stored();
  if (!events.hub_event(HubEvent{event, clock.now()}, stored)) connection->close();
}

void Link::State::take(const Connection& connection, const wire::LinkAck& ack) {
  const auto sent = answered(connection, ack.transaction);
  if (!sent) return;
  if (sent->kind == Kind::Command) return events.arrived(sent->device, sent->transaction);
  if (sent->kind == Kind::Transfer && events.transferred) events.transferred(sent->device, std::nullopt, sent->hello);
  if (sent->kind == Kind::Block && events.block_taken) events.block_taken(sent->image, sent->offset, sent->hello);
}

void Link::State::take(const Connection& connection, const wire::LinkDeliverFailed& failed) {
  const auto sent = answered(connection, failed.transaction);
  if (!sent) return;
  if (sent->kind == Kind::Command) return events.failed(sent->device, sent->transaction, failed.reason);
  if (sent->kind == Kind::Transfer && events.transferred) events.transferred(sent->device, failed.reason, sent->hello);
}

void Link::State::take(const Connection& connection, const wire::LinkMessageBlock& frame) {
  const bool of_ours = frame.of == wire::LinkMessageBlock::Of::Deliver;
  if (of_ours != frame.acknowledges()) return connection->close();  // only the platform says this
  if (of_ours) return go_on(connection, frame);
  if (!speaks_for(connection, Eui64(frame.hub))) return;
  if (const auto inbound = put_together(connection, frame)) take(connection, *inbound);
}

/// One more block of what a device says; the whole once it is there. One for which there is no room comes again.
std::optional<wire::LinkInbound> Link::State::put_together(const Connection& connection,
                                                           const wire::LinkMessageBlock& frame) {
  auto taken = [&] {
    const std::lock_guard lock(mutex);
    return assemblies[connection].take(frame, clock.now().time_since_epoch());
  }();
  if (taken.answer) (void)connection->send_soon(wire::write_link_frame(*taken.answer));
  if (!taken.message) return std::nullopt;
  return wire::LinkInbound{frame.transaction, frame.hub, frame.device, *std::move(taken.message)};
}

/// The region says which blocks of a command it has.
void Link::State::go_on(const Connection& connection, const wire::LinkMessageBlock& answer) {
  std::vector<Bytes> frames;
  {
    const std::lock_guard lock(mutex);
    const auto found = unanswered.find(answer.transaction);
    if (found == unanswered.end() || found->second.connection != connection || !found->second.blocks) return;
    if (found->second.blocks->total() != answer.total) return;
    frames = wire::block_frames(answer, found->second.blocks->acknowledged(answer.block));
  }
  for (const auto& frame : frames) (void)connection->send_soon(frame);
}

void Link::State::on_frame(const Connection& connection, const Bytes& bytes) {
  const auto frame = wire::read_link_frame(bytes);
  if (!frame) {
    connection->close();
    return;
  }
  std::visit([&](const auto& content) { take(connection, content); }, *frame);
}

void Link::State::on_closed(const Connection& connection) {
  const std::lock_guard lock(mutex);
  std::erase_if(hubs, [&](const auto& entry) { return entry.second.connection == connection; });
  std::erase_if(unanswered, [&](const auto& entry) { return entry.second.connection == connection; });
  assemblies.erase(connection);
}

Link::Link(const Clock& clock, LinkEvents events, std::size_t most_whole_bytes)
    : state_(std::make_shared<State>(clock, std::move(events), most_whole_bytes)) {}
Link::~Link() { close(); }

Status Link::listen(net::Network& network, const std::string& address, std::uint16_t port) {
  net::FramedEvents framed;
  framed.frame = [state = state_](const Connection& connection, Bytes bytes) { state->on_frame(connection, bytes); };
  framed.closed = [state = state_](const Connection& connection) { state->on_closed(connection); };
  METERWAY_TRY(endpoint_, network.listen_framed(address, port, std::move(framed), wire::kLinkMaxFrameBytes));
  return {};
}

std::size_t Link::hubs() const {
  const std::lock_guard lock(state_->mutex);
  return state_->hubs.size();
}

std::uint16_t Link::port() const { return endpoint_ ? endpoint_->port() : 0; }
void Link::close() {
  endpoint_.reset();
  const std::lock_guard lock(state_->mutex);  // connections hold the state, and it them
  state_->hubs.clear();
  state_->unanswered.clear();
  state_->assemblies.clear();
}

/// The hub's way, with a note of who waits for the answer to that transaction.
Result<Link::State::Way> Link::State::way_of(Eui64 hub, std::uint64_t transaction, Unanswered waits) {
  const std::lock_guard lock(mutex);
  const auto found = hubs.find(hub);
  if (found == hubs.end() || !found->second.connection->open())
    return fail(ErrorCode::Network, 0, "hub is not connected");
  if (waits.kind != Kind::Command && found->second.version < wire::kLinkFirmwareVersion)
    return fail(ErrorCode::Unsupported, 0, "version of the region's link");
  waits.connection = found->second.connection;
  waits.hello = found->second.number;
  unanswered.insert_or_assign(transaction, std::move(waits));
  return found->second;
}

Result<std::uint64_t> Link::send_transfer(Eui64 hub, Eui64 device, const wire::ImageHash& image,
                                          const RequestId& request) {
  const wire::LinkTransfer frame{number_of_transfer(device, image, request), hub.value(), device.value(), image};
  State::Unanswered waits;
  waits.device = device;
  waits.kind = State::Kind::Transfer;
  METERWAY_TRY(const auto way, state_->way_of(hub, frame.transaction, std::move(waits)));
  METERWAY_CHECK(way.connection->send_soon(wire::write_link_frame(frame)));
  return way.number;
}

Result<std::uint64_t> Link::send_block(Eui64 hub, wire::LinkImageBlock block) {
  State::Unanswered waits;
  waits.kind = State::Kind::Block;
  waits.image = block.image;
  waits.offset = block.offset;
  block.transaction = state_->next_block();
  METERWAY_TRY(const auto way, state_->way_of(hub, block.transaction, std::move(waits)));
  METERWAY_CHECK(way.connection->send_soon(wire::write_link_frame(block)));
  return way.number;
}

Result<std::uint64_t> Link::send(const OutboundCommand& command) {
  Connection connection;
  std::uint64_t number = 0;
  wire::LinkDeliver deliver{number_of(command.record), command.hub.value(), command.record.header.target.value(),
                            command.message};
  if (deliver.message.size() > wire::kLinkMaxMessageBytes) return fail(ErrorCode::TooLarge, 0, "message");
  std::vector<Bytes> frames;
  bool whole = true;
  {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->hubs.find(command.hub);
    if (found == state_->hubs.end() || !found->second.connection->open())
      return fail(ErrorCode::Network, 0, "hub is not connected");
    connection = found->second.connection;
    number = found->second.number;
    const auto [place, added] = state_->unanswered.try_emplace(
        deliver.transaction, State::Unanswered{connection, command.record.header.target, command.record.transaction,
                                               State::Kind::Command, number});
    auto& waits = place->second;
    // Sent again: by a connection that knows nothing of it, or that may have the blocks that have come already.
    if (std::exchange(waits.connection, connection) != connection) waits.blocks.reset();
    whole = deliver.message.size() <= state_->most_whole || found->second.version < wire::kLinkBlocksVersion;
    if (!whole) {
      const bool again = waits.blocks != nullptr;
      if (!again) waits.blocks = std::make_shared<wire::BlockSender>(std::move(deliver.message), state_->most_whole);
      const wire::LinkMessageBlock name{deliver.transaction,   wire::LinkMessageBlock::Of::Deliver,
                                        deliver.hub,           deliver.device,
                                        waits.blocks->total(), {}};
      frames = wire::block_frames(name, again ? waits.blocks->again() : waits.blocks->start());
    }
  }
  if (whole) frames.push_back(wire::write_link_frame(deliver));
  // Of many that come at once each may wait a few milliseconds, so that they share a write; one alone goes at once.
  for (const auto& frame : frames) {
    if (auto sent = connection->send_soon(frame); !sent) {
      (void)state_->answered(connection, deliver.transaction);
      return Unexpected{sent.error()};
    }
  }
  return number;
}

}  // namespace meterway::flow::wan
