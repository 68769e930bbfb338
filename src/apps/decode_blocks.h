#pragma once
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "base/wire/link_frame.h"

namespace meterway::apps {

/// Blocks of messages among the input of `meterway decode`: general-block-transfer APDUs (E0..), which have nothing
/// that tells one message's from another's and so are taken for one message's, and message-block frames of the link
/// (09..), which have (docs/wire/link.md).
class BlockFiles {
 public:
  /// By their first octet; no GBCS message begins so.
  static bool is_block(ByteView bytes);
  /// Errors: those of its reader.
  static Result<wire::LinkMessageBlock> read(ByteView bytes);

  /// Remembers what a file holds, when it is a block.
  void add(ByteView bytes);
  /// The message that the block is the last of, when all of it has been added. Errors: BadValue when two different
  /// blocks have the same place in it, BadLength when it has not the size that its frames promise.
  Result<std::optional<Bytes>> whole_behind(const wire::LinkMessageBlock& block) const;

 private:
  struct Message {
    std::map<std::uint16_t, Bytes> blocks;
    bool mixed = false;
  };
  using Name = std::tuple<std::uint8_t, std::uint64_t, std::uint64_t>;  ///< direction, hub, transaction
  static Name name_of(const wire::LinkMessageBlock& block);

  std::map<Name, Message> messages_;
};

/// What a block says, a line each; JSON as a list of members without braces.
std::string block_text(const wire::LinkMessageBlock& block);
std::string block_json(const wire::LinkMessageBlock& block);

}  // namespace meterway::apps
