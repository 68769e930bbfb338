#pragma once
#include <chrono>
#include <map>
#include <optional>

#include "base/wire/block_transfer.h"
#include "base/wire/link_frame.h"

/// Messages that come over the link in blocks, as their receiver keeps them until they are whole, and as their sender
/// names them (docs/wire/link.md, "Large messages").
namespace meterway::wire {

/// What is unfinished is bounded whatever comes: over a limit a new message is not begun, and one whose blocks have
/// stopped coming gives way. Time is any clock's that does not go back. Sharing: one thread at a time.
class LinkAssemblies {
 public:
  struct Limits {
    std::size_t messages = 64;                 ///< at once
    std::size_t bytes = std::size_t{8} << 20;  ///< that they are to have together
    std::chrono::seconds stale{60};            ///< without a new block: may give way
  };
  using Time = std::chrono::microseconds;

  LinkAssemblies() = default;
  explicit LinkAssemblies(Limits limits) : limits_(limits) {}

  struct Taken {
    bool full = false;                         ///< no room to begin it: to be sent again later
    std::optional<LinkMessageBlock> answer{};  ///< to be sent back
    std::optional<Bytes> message{};            ///< it is whole, and no longer kept here
  };
  /// A block with data. One that no message can have is passed over.
  Taken take(const LinkMessageBlock& frame, Time now);
  std::size_t unfinished() const { return open_.size(); }

 private:
  struct Open {
    BlockAssembly assembly;
    Time last{};
  };
  using Key = std::pair<std::uint64_t, std::uint64_t>;  ///< hub, transaction
  bool make_room(std::uint32_t total, Time now);
  std::map<Key, Open>::iterator forget(std::map<Key, Open>::iterator which);

  Limits limits_;
  std::map<Key, Open> open_;
  std::size_t bytes_ = 0;
};

/// The frames of blocks that a sender wants sent; `name` has everything but the block.
std::vector<Bytes> block_frames(LinkMessageBlock name, std::vector<GeneralBlock> blocks);

}  // namespace meterway::wire
