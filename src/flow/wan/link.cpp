#include "flow/wan/link.h"

#include <atomic>

#include "base/crypto/digest.h"
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
  State(const Clock& c, LinkEvents e) : clock(c), events(std::move(e)) {}

  const Clock& clock;
  const LinkEvents events;
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
  };
  std::map<std::uint64_t, Unanswered> unanswered;  // by number on the link

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

void Link::State::take(const Connection& connection, const wire::LinkInbound& inbound) {
  InboundMessage message{Eui64(inbound.hub), Eui64(inbound.device), inbound.message, clock.now()};
  {
    const std::lock_guard lock(mutex);
    const auto found = hubs.find(message.hub);
    if (found == hubs.end() || found->second.connection != connection) return;  // a region speaks for its own hubs only
  }
  const auto taken = events.inbound(std::move(message), [connection, transaction = inbound.transaction] {
    (void)connection->send_soon(wire::write_link_frame(wire::LinkAck{transaction}));
  });
  if (!taken) connection->close();
}

void Link::State::take(const Connection& connection, const wire::LinkHubEvent& event) {
  {
    const std::lock_guard lock(mutex);
    const auto found = hubs.find(Eui64(event.hub));
    if (found == hubs.end() || found->second.connection != connection) return;
  }
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
}

Link::Link(const Clock& clock, LinkEvents events) : state_(std::make_shared<State>(clock, std::move(events))) {}
Link::~Link() { close(); }

Status Link::listen(net::Network& network, const std::string& address, std::uint16_t port) {
  net::FramedEvents framed;
  framed.frame = [state = state_](const Connection& connection, Bytes bytes) { state->on_frame(connection, bytes); };
  framed.closed = [state = state_](const Connection& connection) { state->on_closed(connection); };
  METERWAY_TRY(endpoint_, network.listen_framed(address, port, std::move(framed), wire::kLinkMaxFrameBytes));
  return {};
}

std::uint16_t Link::port() const { return endpoint_ ? endpoint_->port() : 0; }
void Link::close() {
  endpoint_.reset();
  const std::lock_guard lock(state_->mutex);  // connections hold the state, and it them
  state_->hubs.clear();
  state_->unanswered.clear();
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
  {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->hubs.find(command.hub);
    if (found == state_->hubs.end() || !found->second.connection->open())
      return fail(ErrorCode::Network, 0, "hub is not connected");
    connection = found->second.connection;
    number = found->second.number;
    const auto before = state_->unanswered.find(deliver.transaction);
    if (before != state_->unanswered.end()) {
      before->second.connection = connection;  // sent again
    } else {
      state_->unanswered.emplace(deliver.transaction,
                                 State::Unanswered{connection, command.record.header.target, command.record.transaction,
                                                   State::Kind::Command, number});
    }
  }
  // Of many that come at once each may wait a few milliseconds, so that they share a write; one alone goes at once.
  if (auto sent = connection->send_soon(wire::write_link_frame(deliver)); !sent) {
    (void)state_->answered(connection, deliver.transaction);
    return Unexpected{sent.error()};
  }
  return number;
}

}  // namespace meterway::flow::wan
