#include "base/wire/block_transfer.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace meterway::wire {
namespace {

constexpr std::size_t kMostBlocks = 0xFFFF;

std::size_t blocks_of(std::size_t total, std::size_t size) { return (total + size - 1) / size; }

}  // namespace

// ---- sending

BlockSender::BlockSender(Bytes message, std::size_t most)
    : message_(std::move(message)), room_(std::max(general_block_room(most), kLeastBlockBytes)) {
  const auto count = blocks_of(message_.size(), room_);
  assert(count > 0 && count <= kMostBlocks);
  count_ = static_cast<std::uint16_t>(count);
}

GeneralBlock BlockSender::block(std::uint16_t number, bool streaming) const {
  const auto from = (number - 1u) * room_;
  const auto size = std::min(room_, message_.size() - from);
  const ByteView data = ByteView(message_).subspan(from, size);
  return {number == count_, streaming, kGeneralBlockMostWindow, number, 0, Bytes(data.begin(), data.end())};
}

std::vector<GeneralBlock> BlockSender::window() const {
  const auto until = static_cast<std::uint16_t>(std::min<unsigned>(count_, there_ + window_));
  std::vector<GeneralBlock> out;
  for (unsigned number = there_ + 1u; number <= until; ++number)
    out.push_back(block(static_cast<std::uint16_t>(number), number < until));
  return out;
}

std::vector<GeneralBlock> BlockSender::start() {
  there_ = 0;
  repeated_ = false;
  return window();
}

std::vector<GeneralBlock> BlockSender::again() {
  there_ = 0;
  repeated_ = false;
  return {block(1, false)};
}

std::vector<GeneralBlock> BlockSender::acknowledged(const GeneralBlock& answer) {
  if (answer.acknowledged > count_ || answer.acknowledged < there_ || done()) return {};
  if (answer.window > 0) window_ = answer.window;
  // Twice the same may be one answer that came twice: answered each time, a link that repeats frames would fill.
  if (answer.acknowledged == there_ && std::exchange(repeated_, true)) return {};
  if (answer.acknowledged > there_) repeated_ = false;
  there_ = answer.acknowledged;
  return window();
}

// ---- receiving

std::optional<BlockAssembly::Shape> BlockAssembly::shape_of(const GeneralBlock& block) const {
  const auto size = block.data.size();
  if (block.number == 0 || size == 0 || size > total_) return std::nullopt;
  if (!block.last) {
    const auto count = blocks_of(total_, size);
    if (size < kLeastBlockBytes || count > kMostBlocks || block.number >= count) return std::nullopt;
    return Shape{size, static_cast<std::uint16_t>(count)};
  }
  if (block.number == 1) return size == total_ ? std::optional(Shape{size, 1}) : std::nullopt;
  const auto before = total_ - size, others = block.number - std::size_t{1};
  const auto each = before / others;
  if (each < kLeastBlockBytes || before % others != 0 || size > each) return std::nullopt;
  return Shape{each, block.number};
}

bool BlockAssembly::take(const GeneralBlock& block) {
  const auto shape = shape_of(block);
  if (!shape) return false;
  const auto before = blocks_.find(block.number);
  const bool fits = !shape_ || (*shape_ == *shape && (before == blocks_.end() || before->second == block.data));
  if (!fits) {
    blocks_.clear();
    there_ = 0;
  }
  shape_ = shape;
  blocks_.try_emplace(block.number, block.data);
  while (there_ < shape_->count && blocks_.count(static_cast<std::uint16_t>(there_ + 1)) != 0) ++there_;
  return true;
}

Bytes BlockAssembly::message() const {
  Bytes out;
  out.reserve(total_);
  for (const auto& [number, data] : blocks_) append(out, data);
  return out;
}

GeneralBlock acknowledgement(std::uint16_t number) { return {false, false, kGeneralBlockMostWindow, 0, number, {}}; }

}  // namespace meterway::wire
