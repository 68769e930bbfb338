#pragma once
#include <optional>
#include <variant>
#include <vector>

#include "base/util/clock.h"
#include "standard/ids/ids.h"

namespace meterway::gbcs::gbz {

/// Seconds since 2000-01-01T00:00:00Z, as ZigBee counts them: 0 is "now", FFFFFFFF "never".
struct ZigbeeTime {
  std::uint32_t seconds = 0;
  static ZigbeeTime from(UtcTime time);
  UtcTime utc() const;
  friend auto operator<=>(const ZigbeeTime&, const ZigbeeTime&) = default;
};

/// One ZCL frame of a GBZ content.
///
///     control:1 cluster:2 length:2 | [additional header 00 counter:1, when encrypted] | [from date-time:4]
///     | frame control:1 sequence:1 command:1 | payload          (encrypted: length:2, 31 00000000 ciphertext tag:12)
///
/// control: 01 last component, 02 encrypted, 10 from date-time present. Outer numbers are big-endian, those of the
/// ZCL payload little-endian.
struct Component {
  std::uint16_t cluster = 0;
  std::optional<std::uint8_t> encrypted_counter;  ///< present when encrypted: frame counter of the additional header
  std::optional<ZigbeeTime> from;                 ///< From Date Time
  std::uint8_t frame_control = 0;  ///< 00 general, 01 cluster command; 08 server to client; 10 no default response
  std::uint8_t sequence = 0;       ///< index of the component; a response repeats that of the request
  std::uint8_t command = 0;
  Bytes payload;  ///< ZCL payload, or the block 31 00000000 .. when encrypted
  friend bool operator==(const Component&, const Component&) = default;
};

/// Content of a command or response:  0109 | n | component..
struct Frames {
  std::vector<Component> components;
  friend bool operator==(const Frames&, const Frames&) = default;
};

/// Content of an alert:  0109 | n | alert code:2 | time:4 (big-endian) | components or detail
/// Detail: what codes CD, CF and F2 carry instead of components (there n is 1).
struct Alert {
  std::uint8_t count = 0;
  std::uint16_t code = 0;
  ZigbeeTime time;
  std::vector<Component> components;
  Bytes detail;
  friend bool operator==(const Alert&, const Alert&) = default;
};

/// Reads a whole content; it is consumed exactly. Errors: BadTag (profile), BadValue (control, counts that do not
/// agree), BadLength, Truncated, TrailingBytes.
Result<Frames> read_frames(ByteView content);
Result<Alert> read_alert(ByteView content, MessageCode code);
Bytes write_frames(const Frames& frames);
Bytes write_alert(const Alert& alert);

}  // namespace meterway::gbcs::gbz
