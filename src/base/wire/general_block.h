#pragma once
#include "base/util/bytes.h"
#include "base/util/result.h"

/// A block of a message that is too large to travel whole: the general-block-transfer APDU.
///
///     E0 control:1 number:2 acknowledged:2 length data
///     control = last << 7 | streaming << 6 | window            length in its shortest form
///
/// Source: DLMS UA 1000-2 (Green Book), general-block-transfer; IEC 62056-5-3, 7.3.13. How the link uses it is
/// docs/wire/link.md, and ours.
namespace meterway::wire {

inline constexpr std::uint8_t kGeneralBlockTag = 0xE0;
inline constexpr std::uint8_t kGeneralBlockMostWindow = 0x3F;

struct GeneralBlock {
  bool last = false;               ///< no block of the message comes after it
  bool streaming = false;          ///< more blocks follow before an answer is expected
  std::uint8_t window = 0;         ///< how many blocks its sender takes in a row, 0..kGeneralBlockMostWindow
  std::uint16_t number = 0;        ///< of the block, from 1
  std::uint16_t acknowledged = 0;  ///< the other side's blocks up to this one are here
  Bytes data;
  friend bool operator==(const GeneralBlock&, const GeneralBlock&) = default;
};

/// Errors: Truncated, BadTag, BadLength (not its shortest form), TrailingBytes.
Result<GeneralBlock> read_general_block(ByteView bytes);
/// The exact inverse. The window must be in its range.
Bytes write_general_block(const GeneralBlock& block);

/// How many octets of data fit into an APDU of at most `most` octets; 0: none.
std::size_t general_block_room(std::size_t most);

}  // namespace meterway::wire
