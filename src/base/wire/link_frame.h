#pragma once
#include <string_view>
#include <variant>
#include <vector>

#include "base/util/bytes.h"
#include "base/util/result.h"

/// The frames between the platform's WAN port and a region: any program that plays communications hubs. One frame is
/// the content of one length-prefixed TCP frame (base/net/framed.h); the grammar and who says what when is
/// docs/wire/link.md. EUI-64s are plain numbers here because this folder knows nothing of the standard.
namespace meterway::wire {

inline constexpr std::uint8_t kLinkVersion = 1;
inline constexpr std::size_t kLinkMaxHubs = 4096;  ///< in one hello; a larger region says hello more than once
inline constexpr std::size_t kLinkMaxMessageBytes = 1u << 19;  ///< of one GBCS message
inline constexpr std::size_t kLinkMaxFrameBytes = kLinkMaxMessageBytes + 64;

/// Region to platform, first frame, and again whenever hubs join: "these hubs are reached through me".
struct LinkHello {
  std::uint8_t version = kLinkVersion;
  std::vector<std::uint64_t> hubs;
  friend bool operator==(const LinkHello&, const LinkHello&) = default;
};

/// Platform to region: carry this message to a device behind a hub (device = hub for the hub itself).
struct LinkDeliver {
  std::uint64_t transaction = 0;  ///< chosen by the platform, never 0, unique while unanswered
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
  Refused = 6
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

/// From the region: the device has the message of that LinkDeliver. From the platform: the LinkInbound of that
/// transaction is stored, or (0) the hello is accepted.
struct LinkAck {
  std::uint64_t transaction = 0;
  friend bool operator==(const LinkAck&, const LinkAck&) = default;
};

using LinkFrame = std::variant<LinkHello, LinkDeliver, LinkDeliverFailed, LinkInbound, LinkAck>;

/// Errors: Truncated, TrailingBytes, UnknownCode (frame type, failure reason), BadTag (magic), Unsupported (version),
/// BadValue (transaction 0, empty message, no hub), TooLarge. Whoever reads a bad frame closes the connection.
Result<LinkFrame> read_link_frame(ByteView bytes);

/// The exact inverse: read_link_frame(write_link_frame(f)) == f for every frame that keeps the limits above.
Bytes write_link_frame(const LinkFrame& frame);

}  // namespace meterway::wire
