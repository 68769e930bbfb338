#include "base/wire/general_block.h"

#include "base/wire/reader.h"
#include "base/wire/writer.h"

namespace meterway::wire {
namespace {

constexpr std::uint8_t kLast = 0x80, kStreaming = 0x40;
constexpr std::size_t kBeforeLength = 6;  // tag, control, two numbers

}  // namespace

Result<GeneralBlock> read_general_block(ByteView bytes) {
  Reader in(bytes);
  in.expect({kGeneralBlockTag}, "general-block-transfer");
  const auto control = in.u8("block control");
  GeneralBlock block;
  block.last = (control & kLast) != 0;
  block.streaming = (control & kStreaming) != 0;
  block.window = control & kGeneralBlockMostWindow;
  block.number = in.u16("block number");
  block.acknowledged = in.u16("block number acknowledged");
  const auto data = in.prefixed("block data");
  block.data.assign(data.begin(), data.end());
  METERWAY_CHECK(in.finish());
  return block;
}

Bytes write_general_block(const GeneralBlock& block) {
  const unsigned control = (block.last ? kLast : 0u) | (block.streaming ? kStreaming : 0u) | block.window;
  return Writer()
      .u8(kGeneralBlockTag)
      .u8(control)
      .u16(block.number)
      .u16(block.acknowledged)
      .prefixed(block.data)
      .take();
}

std::size_t general_block_room(std::size_t most) {
  if (most <= kBeforeLength + 1) return 0;
  const auto left = most - kBeforeLength - 1;  // behind a length of one octet
  if (left < 0x80) return left;
  std::size_t more = 1;  // octets that the length takes besides
  while (left - more >= std::size_t{1} << (8 * more)) ++more;
  return left - more;
}

}  // namespace meterway::wire
