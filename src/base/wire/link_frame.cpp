#include "base/wire/link_frame.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::wire {
namespace {

enum class Type : std::uint8_t {
  Hello = 1,
  Deliver = 2,
  DeliverFailed = 3,
  Inbound = 4,
  Ack = 5,
  HubEvent = 6,
  Block = 7,
  Transfer = 8,
  MessageBlock = 9
};

std::uint64_t read_transaction(Reader& in) {
  const auto start = in.offset();
  const auto number = in.u64("transaction");
  if (in.ok() && number == 0) in.fail_at(ErrorCode::BadValue, start, "transaction");
  return number;
}

Bytes read_payload(Reader& in) {
  const auto start = in.offset();
  const std::size_t size = in.u32("message length");
  if (in.ok() && size == 0) in.fail_at(ErrorCode::BadValue, start, "message length");
  if (in.ok() && size > kLinkMaxMessageBytes) in.fail_at(ErrorCode::TooLarge, start, "message length");
  const auto view = in.take(size, "message");
  return {view.begin(), view.end()};
}

LinkHello read_hello(Reader& in) {
  in.expect({'M', 'W', 'L', 'K'}, "magic");
  const auto at_version = in.offset();
  LinkHello hello{in.u8("version"), {}};
  if (in.ok() && (hello.version < kLinkOldestVersion || hello.version > kLinkVersion))
    in.fail_at(ErrorCode::Unsupported, at_version, "version");
  const auto start = in.offset();
  const std::size_t count = in.u16("hub count");
  if (in.ok() && count == 0) in.fail_at(ErrorCode::BadValue, start, "hub count");
  if (in.ok() && count > kLinkMaxHubs) in.fail_at(ErrorCode::TooLarge, start, "hub count");
  for (std::size_t i = 0; in.ok() && i < count; ++i) hello.hubs.push_back(in.u64("hub"));
  return hello;
}

/// LinkDeliver and LinkInbound have one layout.
template <class Carrier>
Carrier read_carrier(Reader& in) {
  Carrier frame;
  frame.transaction = read_transaction(in);
  frame.hub = in.u64("hub");
  frame.device = in.u64("device");
  frame.message = read_payload(in);
  return frame;
}

LinkDeliverFailed read_failed(Reader& in) {
  LinkDeliverFailed failed;
  failed.transaction = read_transaction(in);
  const auto start = in.offset();
  const auto reason = in.u8("reason");
  if (in.ok() && (reason < 1 || reason > static_cast<std::uint8_t>(LinkFailure::ImageMissing)))
    in.fail_at(ErrorCode::UnknownCode, start, "reason");
  failed.reason = static_cast<LinkFailure>(reason);
  return failed;
}

LinkHubEvent read_hub_event(Reader& in) {
  LinkHubEvent event;
  event.transaction = read_transaction(in);
  event.hub = in.u64("hub");
  const auto at_kind = in.offset();
  const auto kind = in.u8("kind of event");
  if (in.ok() && (kind < 1 || kind > 2)) in.fail_at(ErrorCode::UnknownCode, at_kind, "kind of event");
  event.kind = static_cast<LinkHubEvent::Kind>(kind);
  event.lost = in.u64("time of loss");
  const auto at_restored = in.offset();
  event.restored = in.u64("time of restoration");
  const bool restored = event.kind == LinkHubEvent::Kind::SupplyRestored;
  if (in.ok() && (restored ? event.restored < event.lost : event.restored != 0))
    in.fail_at(ErrorCode::BadValue, at_restored, "time of restoration");
  event.reported = in.u64("time reported");
  event.received = in.u64("time received");
  event.sent = in.u64("time sent");
  return event;
}

ImageHash read_image(Reader& in) {
  ImageHash image{};
  const auto bytes = in.take(image.size(), "image");
  if (in.ok()) std::copy(bytes.begin(), bytes.end(), image.begin());
  return image;
}

LinkImageBlock read_block(Reader& in) {
  LinkImageBlock block;
  block.transaction = read_transaction(in);
  block.image = read_image(in);
  const auto start = in.offset();
  block.total = in.u32("size of the image");
  block.offset = in.u32("offset");
  const std::size_t size = in.u32("size of the block");
  if (in.ok() && (block.total > kLinkMaxImageBytes || size > kLinkMaxBlockBytes))
    in.fail_at(ErrorCode::TooLarge, start, "size of the image");
  if (in.ok() && (size == 0 || block.offset >= block.total || size > block.total - block.offset))
    in.fail_at(ErrorCode::BadValue, start, "block outside its image");
  const auto view = in.take(size, "block");
  block.bytes.assign(view.begin(), view.end());
  return block;
}

LinkTransfer read_transfer(Reader& in) {
  LinkTransfer transfer;
  transfer.transaction = read_transaction(in);
  transfer.hub = in.u64("hub");
  transfer.device = in.u64("device");
  transfer.image = read_image(in);
  return transfer;
}

LinkMessageBlock read_message_block(Reader& in) {
  LinkMessageBlock frame;
  frame.transaction = read_transaction(in);
  const auto at_of = in.offset();
  frame.of = static_cast<LinkMessageBlock::Of>(in.u8("what it is a block of"));
  if (in.ok() && frame.of != LinkMessageBlock::Of::Deliver && frame.of != LinkMessageBlock::Of::Inbound)
    in.fail_at(ErrorCode::UnknownCode, at_of, "what it is a block of");
  frame.hub = in.u64("hub");
  frame.device = in.u64("device");
  const auto at_total = in.offset();
  frame.total = in.u32("size of the message");
  if (in.ok() && frame.total == 0) in.fail_at(ErrorCode::BadValue, at_total, "size of the message");
  if (in.ok() && frame.total > kLinkMaxMessageBytes) in.fail_at(ErrorCode::TooLarge, at_total, "size of the message");
  const auto at_block = in.offset();
  if (!in.ok()) return frame;
  auto block = read_general_block(in.rest());
  if (!block) {
    in.fail_at(block.error().code, at_block + block.error().offset, block.error().field);
    return frame;
  }
  frame.block = *std::move(block);
  const bool empty = frame.block.data.empty();
  if (empty != (frame.block.number == 0) || frame.block.data.size() > frame.total)
    in.fail_at(ErrorCode::BadValue, at_block, "block outside its message");
  return frame;
}

LinkFrame read_body(Type type, Reader& in) {
  switch (type) {
    case Type::Hello:
      return read_hello(in);
    case Type::Deliver:
      return read_carrier<LinkDeliver>(in);
    case Type::DeliverFailed:
      return read_failed(in);
    case Type::Inbound:
      return read_carrier<LinkInbound>(in);
    case Type::Ack:
      return LinkAck{in.u64("transaction")};
    case Type::HubEvent:
      return read_hub_event(in);
    case Type::Block:
      return read_block(in);
    case Type::Transfer:
      return read_transfer(in);
    case Type::MessageBlock:
      return read_message_block(in);
  }
  in.fail_at(ErrorCode::UnknownCode, 0, "frame type");
  return LinkAck{};
}

struct Put {
  Writer& out;
  void start(Type type) const { out.u8(static_cast<std::uint8_t>(type)); }
  template <class Carrier>
  void carrier(const Carrier& frame) const {
    out.u64(frame.transaction).u64(frame.hub).u64(frame.device).u32(frame.message.size()).bytes(frame.message);
  }
  void operator()(const LinkHello& frame) const {
    start(Type::Hello);
    out.bytes({'M', 'W', 'L', 'K'}).u8(frame.version).u16(frame.hubs.size());
    for (const auto hub : frame.hubs) out.u64(hub);
  }
  void operator()(const LinkDeliver& frame) const {
    start(Type::Deliver);
    carrier(frame);
  }
  void operator()(const LinkDeliverFailed& frame) const {
    start(Type::DeliverFailed);
    out.u64(frame.transaction).u8(static_cast<std::uint8_t>(frame.reason));
  }
  void operator()(const LinkInbound& frame) const {
    start(Type::Inbound);
    carrier(frame);
  }
  void operator()(const LinkAck& frame) const {
    start(Type::Ack);
    out.u64(frame.transaction);
  }
  void operator()(const LinkHubEvent& frame) const {
    start(Type::HubEvent);
    out.u64(frame.transaction).u64(frame.hub).u8(static_cast<std::uint8_t>(frame.kind)).u64(frame.lost);
    out.u64(frame.restored).u64(frame.reported).u64(frame.received).u64(frame.sent);
  }
  void operator()(const LinkImageBlock& frame) const {
    start(Type::Block);
    out.u64(frame.transaction).bytes(ByteView(frame.image)).u32(frame.total).u32(frame.offset);
    out.u32(frame.bytes.size()).bytes(frame.bytes);
  }
  void operator()(const LinkTransfer& frame) const {
    start(Type::Transfer);
    out.u64(frame.transaction).u64(frame.hub).u64(frame.device).bytes(ByteView(frame.image));
  }
  void operator()(const LinkMessageBlock& frame) const {
    start(Type::MessageBlock);
    out.u64(frame.transaction).u8(static_cast<std::uint8_t>(frame.of)).u64(frame.hub).u64(frame.device);
    out.u32(frame.total).bytes(write_general_block(frame.block));
  }
};

}  // namespace

std::string_view to_string(LinkFailure reason) {
  switch (reason) {
    case LinkFailure::UnknownHub:
      return "unknown hub";
    case LinkFailure::UnknownDevice:
      return "unknown device";
    case LinkFailure::HubOffline:
      return "hub offline";
    case LinkFailure::DeviceUnreachable:
      return "device unreachable";
    case LinkFailure::Busy:
      return "busy";
    case LinkFailure::Refused:
      return "refused";
    case LinkFailure::ImageMissing:
      return "image missing";
  }
  return "unknown reason";
}

Result<LinkFrame> read_link_frame(ByteView bytes) {
  Reader in(bytes);
  const auto type = static_cast<Type>(in.u8("frame type"));
  LinkFrame frame = in.ok() ? read_body(type, in) : LinkFrame{};
  METERWAY_CHECK(in.finish());
  return frame;
}

Bytes write_link_frame(const LinkFrame& frame) {
  Writer out;
  std::visit(Put{out}, frame);
  return out.take();
}

}  // namespace meterway::wire
