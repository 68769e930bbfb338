#include "apps/decode_blocks.h"

#include <fmt/format.h>

namespace meterway::apps {
namespace {

constexpr std::uint8_t kLinkMessageBlock = 0x09;

/// A block without a frame has no transaction: none of the link's is zero.
bool has_frame(const wire::LinkMessageBlock& block) { return block.transaction != 0; }

const char* direction(const wire::LinkMessageBlock& block) {
  return block.of == wire::LinkMessageBlock::Of::Deliver ? "deliver" : "inbound";
}

const char* yes(bool what) { return what ? "yes" : "no"; }
const char* truth(bool what) { return what ? "true" : "false"; }

}  // namespace

bool BlockFiles::is_block(ByteView bytes) {
  return !bytes.empty() && (bytes[0] == wire::kGeneralBlockTag || bytes[0] == kLinkMessageBlock);
}

Result<wire::LinkMessageBlock> BlockFiles::read(ByteView bytes) {
  if (!bytes.empty() && bytes[0] == wire::kGeneralBlockTag) {
    wire::LinkMessageBlock block;
    METERWAY_TRY(block.block, wire::read_general_block(bytes));
    return block;
  }
  METERWAY_TRY(auto frame, wire::read_link_frame(bytes));
  auto* block = std::get_if<wire::LinkMessageBlock>(&frame);
  if (block == nullptr) return fail(ErrorCode::BadTag, 0, "block");
  return std::move(*block);
}

BlockFiles::Name BlockFiles::name_of(const wire::LinkMessageBlock& block) {
  return {static_cast<std::uint8_t>(block.of), block.hub, block.transaction};
}

void BlockFiles::add(ByteView bytes) {
  const auto block = is_block(bytes) ? read(bytes) : Result<wire::LinkMessageBlock>(wire::LinkMessageBlock{});
  if (!block || block->acknowledges()) return;
  auto& message = messages_[name_of(*block)];
  const auto [place, added] = message.blocks.try_emplace(block->block.number, block->block.data);
  if (!added && place->second != block->block.data) message.mixed = true;
}

Result<std::optional<Bytes>> BlockFiles::whole_behind(const wire::LinkMessageBlock& block) const {
  const auto found = messages_.find(name_of(block));
  if (!block.block.last || block.acknowledges() || found == messages_.end()) return std::optional<Bytes>();
  const auto& [blocks, mixed] = found->second;
  if (mixed) return fail(ErrorCode::BadValue, 0, "blocks of more than one message");
  // Numbers are from 1 and each is there once, so that as many as the last one's number are all of them.
  if (blocks.size() != block.block.number || blocks.rbegin()->first != block.block.number)
    return std::optional<Bytes>();
  Bytes whole;
  for (const auto& [number, data] : blocks) append(whole, data);
  if (has_frame(block) && whole.size() != block.total) return fail(ErrorCode::BadLength, 0, "size of the message");
  return std::optional(std::move(whole));
}

std::string block_text(const wire::LinkMessageBlock& frame) {
  const auto& block = frame.block;
  std::string out = frame.acknowledges() ? "kind: answer to blocks\n" : "kind: block of a message\n";
  if (has_frame(frame))
    out += fmt::format("of: {} {}\nhub: {:016x}\ndevice: {:016x}\nsize of the message: {}\n", direction(frame),
                       frame.transaction, frame.hub, frame.device, frame.total);
  return out + fmt::format("number: {}\nlast: {}\nstreaming: {}\nwindow: {}\nacknowledged: {}\noctets: {}\n",
                           block.number, yes(block.last), yes(block.streaming), block.window, block.acknowledged,
                           block.data.size());
}

std::string block_json(const wire::LinkMessageBlock& frame) {
  const auto& block = frame.block;
  std::string out = frame.acknowledges() ? R"("kind":"block answer")" : R"("kind":"block")";
  if (has_frame(frame))
    out += fmt::format(R"(,"of":"{}","transaction":"{}","hub":"{:016x}","device":"{:016x}","total":{})",
                       direction(frame), frame.transaction, frame.hub, frame.device, frame.total);
  return out + fmt::format(R"(,"number":{},"last":{},"streaming":{},"window":{},"acknowledged":{},"octets":{})",
                           block.number, truth(block.last), truth(block.streaming), block.window, block.acknowledged,
                           block.data.size());
}

}  // namespace meterway::apps
