#include "field/hub/region.h"

/// The region's part of "Large messages" in docs/wire/link.md: commands that come in blocks, and what devices say that
/// goes in blocks.
namespace meterway::field {

void Region::take_block(const wire::LinkMessageBlock& frame) {
  if (frame.of == wire::LinkMessageBlock::Of::Inbound) return take_block_ack(frame);
  if (frame.acknowledges()) return;
  const Home* home = wake(Eui64(frame.hub));
  if (home == nullptr || home->knows(frame.transaction, Eui64(frame.device))) {
    // No hub of ours, or one that has the message already: what is in it does not matter. Told once a window.
    if (!frame.block.streaming) take_deliver({frame.transaction, frame.hub, frame.device, {}});
    return;
  }
  auto taken = assemblies_.take(frame, clock_.now().time_since_epoch());
  if (taken.full && !frame.block.streaming) {
    ++counts_.failed;
    return send(wire::LinkDeliverFailed{frame.transaction, wire::LinkFailure::Busy});
  }
  if (taken.answer) send(*taken.answer);
  if (taken.message) take_deliver({frame.transaction, frame.hub, frame.device, *std::move(taken.message)});
}

void Region::take_block_ack(const wire::LinkMessageBlock& frame) {
  const auto found = outbox_.find(frame.transaction);
  if (found == outbox_.end() || !found->second.blocks || found->second.blocks->total() != frame.total) return;
  auto& waiting = found->second;
  auto blocks = waiting.blocks->acknowledged(frame.block);
  if (blocks.empty() && !waiting.blocks->done()) return;
  send_blocks(waiting, std::move(blocks), clock_.now());
}

void Region::send_blocks(Waiting& waiting, std::vector<wire::GeneralBlock> blocks, UtcTime now) {
  const auto& content = waiting.content;
  wire::LinkMessageBlock frame{content.transaction,     wire::LinkMessageBlock::Of::Inbound,
                               content.hub.value(),     content.device.value(),
                               waiting.blocks->total(), {}};
  for (auto& block : blocks) {
    frame.block = std::move(block);
    ++counts_.blocks;
    send(frame);
  }
  // All of it is there: what is still to come says that it is stored, and takes as long as for any other message.
  set_again(waiting, now + (waiting.blocks->done() ? settings_.resend : settings_.block_resend));
}

/// Those that have waited longest, as many as may be on their way.
void Region::start_blocks(UtcTime now) {
  while (accepted_ && in_blocks_.size() < kMostInBlocks && !wait_blocks_.empty()) {
    const auto transaction = wait_blocks_.front();
    wait_blocks_.pop_front();
    const auto found = outbox_.find(transaction);
    if (found == outbox_.end()) continue;  // acknowledged meanwhile
    auto& waiting = found->second;
    in_blocks_.insert(transaction);
    const bool first = waiting.blocks == nullptr;
    if (first) waiting.blocks = std::make_unique<wire::BlockSender>(waiting.content.message, settings_.block_bytes);
    send_blocks(waiting, first ? waiting.blocks->start() : waiting.blocks->again(), now);
  }
}

}  // namespace meterway::field
