#pragma once
#include <array>
#include <string_view>
#include <variant>
#include <vector>

#include "base/util/bytes.h"
#include "base/util/result.h"
#include "base/wire/general_block.h"

/// The frames between the platform's WAN port and a region: any program that plays communications hubs. One frame is
/// the content of one length-prefixed TCP frame (base/net/framed.h); the grammar and who says what when is
/// docs/wire/link.md. EUI-64s are plain numbers here because this folder knows nothing of the standard.
namespace meterway::wire {

inline constexpr std::uint8_t kLinkVersion = 4;  ///< of what we write
/// Still read: a version 1 region knows no hub events, and may give a device a repeated deliver again.
inline constexpr std::uint8_t kLinkOldestVersion = 1;
inline constexpr std::size_t kLinkMaxHubs = 4096;  ///< in one hello; a larger region says hello more than once
inline constexpr std::size_t kLinkMaxMessageBytes = 1u << 19;  ///< of one GBCS message
/// Transactions that a region remembers of each device, at least.
inline constexpr std::size_t kLinkMostRemembered = 64;
/// Of one device: those that the platform might send again, and all that it has sent after the oldest of them. The
/// other half is for what a platform sends after a restart before it has sent those again.
inline constexpr std::size_t kLinkMostUnsettled = kLinkMostRemembered / 2;
/// The first version that carries firmware.
inline constexpr std::uint8_t kLinkFirmwareVersion = 3;
/// The first version that carries large messages in blocks.
inline constexpr std::uint8_t kLinkBlocksVersion = 4;
/// A larger message goes in blocks of at most this, unless another number is configured: messages above 1,500 octets
/// are cut into general-block-transfer blocks (release note, p. 2, 7.2.11).
inline constexpr std::size_t kLinkWholeBytes = 1500;
inline constexpr std::size_t kLinkLeastWholeBytes = 64;      ///< that may be configured
inline constexpr std::size_t kLinkMaxBlockBytes = 1u << 16;  ///< of an image, in one frame
inline constexpr std::size_t kLinkMaxImageBytes = 10'240'000;
inline constexpr std::size_t kLinkMaxFrameBytes = kLinkMaxMessageBytes + 64;

/// Region to platform, first frame, and again whenever hubs join: "these hubs are reached through me".
struct LinkHello {
  std::uint8_t version = kLinkVersion;
  std::vector<std::uint64_t> hubs;
  friend bool operator==(const LinkHello&, const LinkHello&) = default;
};

/// Platform to region: carry this message to a device behind a hub (device = hub for the hub itself).
struct LinkDeliver {
  std::uint64_t transaction = 0;  ///< chosen by the platform, never 0; one command keeps its number for good
  std::uint64_t hub = 0;
  std::uint64_t device = 0;
  Bytes message;  ///< one GBCS message, 1..kLinkMaxMessageBytes
  friend bool operator==(const LinkDeliver&, const LinkDeliver&) = default;
};

enum class LinkFailure : std::uint8_t {
  UnknownHub = 1,
  UnknownDevice = 2,
  HubOffline = 3,
  DeviceUnreachable = 4,
  Busy = 5,
  Refused = 6,
  ImageMissing = 7  ///< of a LinkTransfer: the region does not have the image, or not all of it
};
std::string_view to_string(LinkFailure reason);

/// Region to platform: the message of that transaction has not reached its device and will not.
struct LinkDeliverFailed {
  std::uint64_t transaction = 0;
  LinkFailure reason = LinkFailure::Refused;
  friend bool operator==(const LinkDeliverFailed&, const LinkDeliverFailed&) = default;
};

/// Region to platform: a response or an alert from a device.
struct LinkInbound {
  std::uint64_t transaction = 0;  ///< chosen by the region, never 0; repeated with the same number until acknowledged
  std::uint64_t hub = 0;
  std::uint64_t device = 0;
  Bytes message;
  friend bool operator==(const LinkInbound&, const LinkInbound&) = default;
};

/// Region to platform: a hub lost its supply, or has it again. Times are microseconds since 1970 (UTC), each by the
/// clock of whoever stamps it; they are what the figures per hop are made from.
struct LinkHubEvent {
  enum class Kind : std::uint8_t { SupplyLost = 1, SupplyRestored = 2 };
  std::uint64_t transaction = 0;  ///< of the same series as those of LinkInbound, and repeated like them
  std::uint64_t hub = 0;
  Kind kind = Kind::SupplyLost;
  std::uint64_t lost = 0;      ///< when the supply was lost, also in a SupplyRestored: each event stands alone
  std::uint64_t restored = 0;  ///< 0 in a SupplyLost
  std::uint64_t reported = 0;  ///< the hub sent it
  std::uint64_t received = 0;  ///< the region has it
  std::uint64_t sent = 0;      ///< the region sent this frame (of the last attempt)
  friend bool operator==(const LinkHubEvent&, const LinkHubEvent&) = default;
};

/// From the region: the device has the message of that LinkDeliver. From the platform: the LinkInbound or LinkHubEvent
/// of that transaction is stored, or (0) the hello is accepted.
struct LinkAck {
  std::uint64_t transaction = 0;
  friend bool operator==(const LinkAck&, const LinkAck&) = default;
};

using ImageHash = std::array<std::uint8_t, 32>;  ///< SHA-256 of the whole image

/// Platform to region: a part of a firmware image, which the region keeps for transfers. Its LinkAck says that it has
/// it. Parts come in any order, and again when in doubt; the region forgets them when it likes.
struct LinkImageBlock {
  std::uint64_t transaction = 0;
  ImageHash image{};
  std::uint32_t total = 0;   ///< bytes of the image, 1..kLinkMaxImageBytes
  std::uint32_t offset = 0;  ///< of this part
  Bytes bytes;               ///< 1..kLinkMaxBlockBytes, within the image
  friend bool operator==(const LinkImageBlock&, const LinkImageBlock&) = default;
};

/// Platform to region: bring that image to a device behind a hub. Answered as a LinkDeliver is, and like it done once
/// for each transaction.
struct LinkTransfer {
  std::uint64_t transaction = 0;
  std::uint64_t hub = 0;
  std::uint64_t device = 0;
  ImageHash image{};
  friend bool operator==(const LinkTransfer&, const LinkTransfer&) = default;
};

/// Either way: a block of a LinkDeliver or LinkInbound whose message is too large to go whole, or, the other way, which
/// blocks of it have come (a block without number and data).
struct LinkMessageBlock {
  enum class Of : std::uint8_t { Deliver = 2, Inbound = 4 };
  std::uint64_t transaction = 0;  ///< of the frame that it is a block of
  Of of = Of::Deliver;
  std::uint64_t hub = 0;
  std::uint64_t device = 0;
  std::uint32_t total = 0;  ///< octets of the whole message, 1..kLinkMaxMessageBytes
  GeneralBlock block;
  bool acknowledges() const { return block.number == 0; }
  friend bool operator==(const LinkMessageBlock&, const LinkMessageBlock&) = default;
};

using LinkFrame = std::variant<LinkHello, LinkDeliver, LinkDeliverFailed, LinkInbound, LinkAck, LinkHubEvent,
                               LinkImageBlock, LinkTransfer, LinkMessageBlock>;

/// Errors: Truncated, TrailingBytes, UnknownCode (frame type, failure reason, kind of event, what a block is of),
/// BadTag (magic, block), Unsupported (version), BadValue (transaction 0, empty message, no hub, times out of order, a
/// block outside its image or message), BadLength (of a block), TooLarge. Whoever reads a bad frame closes the
/// connection.
Result<LinkFrame> read_link_frame(ByteView bytes);

/// The exact inverse: read_link_frame(write_link_frame(f)) == f for every frame that keeps the limits above.
Bytes write_link_frame(const LinkFrame& frame);

}  // namespace meterway::wire
