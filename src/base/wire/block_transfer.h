#pragma once
#include <map>
#include <optional>
#include <vector>

#include "base/wire/general_block.h"

/// Both ends of a message on its way in blocks. Neither knows a clock or a connection: whoever has them says when
/// something came and when nothing did. The rules are those of docs/wire/link.md, "Large messages".
namespace meterway::wire {

/// Of all blocks but the last: shorter ones would cost more to keep than they carry.
inline constexpr std::size_t kLeastBlockBytes = 32;

/// Cuts a message and sends it, window by window. Sharing: one thread at a time.
class BlockSender {
 public:
  /// `most`: octets of one APDU; at least as many as kLeastBlockBytes need. The message is not empty and has at most
  /// 65535 blocks.
  BlockSender(Bytes message, std::size_t most);

  /// What to send at first: a window.
  std::vector<GeneralBlock> start();
  /// What to send when nothing has come for a while: the first block alone, as the answer says how far the other side
  /// is, which may have begun anew.
  std::vector<GeneralBlock> again();
  /// The other side has the blocks up to a number. What to send next: nothing when it has them all, or said the same
  /// before.
  std::vector<GeneralBlock> acknowledged(const GeneralBlock& answer);

  std::uint32_t total() const { return static_cast<std::uint32_t>(message_.size()); }
  std::uint16_t count() const { return count_; }
  bool done() const { return there_ == count_; }

 private:
  GeneralBlock block(std::uint16_t number, bool streaming) const;
  std::vector<GeneralBlock> window() const;

  Bytes message_;
  std::size_t room_;  ///< octets of a block but the last
  std::uint16_t count_;
  std::uint16_t there_ = 0;  ///< the other side has the blocks up to this one
  std::uint8_t window_ = kGeneralBlockMostWindow;
  bool repeated_ = false;  ///< an answer that told nothing new has been answered
};

/// Puts a message together from its blocks, in whatever order and however often they come. All blocks but the last have
/// one size; a block that does not go with those before it starts the message anew. Sharing: one thread at a time.
class BlockAssembly {
 public:
  /// `total`: octets of the message.
  explicit BlockAssembly(std::uint32_t total) : total_(total) {}

  /// False: no message of that size has such a block.
  bool take(const GeneralBlock& block);
  /// The blocks up to this one are here.
  std::uint16_t acknowledged() const { return there_; }
  std::uint32_t total() const { return total_; }
  bool whole() const { return shape_ && there_ == shape_->count; }
  /// Of a whole one.
  Bytes message() const;

 private:
  struct Shape {
    std::size_t size = 0;  ///< of every block but the last
    std::uint16_t count = 0;
    friend bool operator==(const Shape&, const Shape&) = default;
  };
  std::optional<Shape> shape_of(const GeneralBlock& block) const;

  std::uint32_t total_;
  std::optional<Shape> shape_;
  std::map<std::uint16_t, Bytes> blocks_;
  std::uint16_t there_ = 0;
};

/// "I have the blocks up to this one."
GeneralBlock acknowledgement(std::uint16_t number);

}  // namespace meterway::wire
