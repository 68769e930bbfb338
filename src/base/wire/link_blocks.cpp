#include "base/wire/link_blocks.h"

namespace meterway::wire {

std::map<LinkAssemblies::Key, LinkAssemblies::Open>::iterator LinkAssemblies::forget(
    std::map<Key, Open>::iterator which) {
  bytes_ -= which->second.assembly.total();
  return open_.erase(which);
}

bool LinkAssemblies::make_room(std::uint32_t total, Time now) {
  const auto fits = [&] { return open_.size() < limits_.messages && bytes_ + total <= limits_.bytes; };
  for (auto it = open_.begin(); !fits() && it != open_.end();) {
    it = now - it->second.last >= limits_.stale ? forget(it) : std::next(it);
  }
  return fits();
}

LinkAssemblies::Taken LinkAssemblies::take(const LinkMessageBlock& frame, Time now) {
  const Key key{frame.hub, frame.transaction};
  auto found = open_.find(key);
  if (found != open_.end() && found->second.assembly.total() != frame.total) {
    forget(found);  // another message under the same number: the one before is no longer wanted
    found = open_.end();
  }
  if (found == open_.end()) {
    BlockAssembly fresh(frame.total);
    if (!fresh.take(frame.block)) return {};
    if (!make_room(frame.total, now)) return {.full = true};
    found = open_.emplace(key, Open{std::move(fresh), now}).first;
    bytes_ += frame.total;
  } else if (!found->second.assembly.take(frame.block)) {
    return {};
  }
  auto& assembly = found->second.assembly;
  found->second.last = now;
  Taken taken;
  // The sender waits for an answer after the last block of a window; that of a whole message comes at once.
  if (!frame.block.streaming || assembly.whole()) {
    taken.answer = frame;
    taken.answer->block = acknowledgement(assembly.acknowledged());
  }
  if (assembly.whole()) {
    taken.message = assembly.message();
    forget(found);
  }
  return taken;
}

std::vector<Bytes> block_frames(LinkMessageBlock name, std::vector<GeneralBlock> blocks) {
  std::vector<Bytes> frames;
  for (auto& block : blocks) {
    name.block = std::move(block);
    frames.push_back(write_link_frame(name));
  }
  return frames;
}

}  // namespace meterway::wire
