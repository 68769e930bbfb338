#pragma once
#include "records/audit/checkpoint.h"

/// The check of a log against itself, against its checkpoints and against one that was kept outside. It trusts nothing
/// of where the rows come from: a store, or a node that is asked.
namespace meterway::audit {

/// The first entry that is wrong.
struct Fault {
  std::uint64_t sequence = 0;
  std::string why;
};

struct Evidence {
  std::optional<crypto::PublicKey> key;  ///< that checkpoints must be signed by; none: signatures are not checked
  std::vector<Checkpoint> checkpoints;   ///< of the log, in their order
  std::optional<Checkpoint> outside{};   ///< kept elsewhere; the walk begins with its entry
  std::optional<Checkpoint> record{};    ///< how far the platform itself says that it had got, not in the store
  std::uint64_t at_least = 0;            ///< somebody knows that there were so many entries
  /// More entries than this after the last checkpoint are wrong: a log that was kept at its pace never has them. Twice
  /// the pace, as it is looked at from time to time.
  std::uint64_t most_unsealed = 2 * Pace{}.entries;
};

/// Rows are fed in their order, oldest first, then finish(). The first fault is kept. Sharing: one thread.
class Verifier {
 public:
  explicit Verifier(Evidence evidence);
  /// Where the walk begins: the entry of the checkpoint that was kept outside, or 1.
  std::uint64_t first() const { return next_; }
  /// False: there is a fault; more rows change nothing.
  bool feed(const RawEntry& row);
  /// `end`: what the log says of its own end.
  void finish(const Head& end);

  const std::optional<Fault>& fault() const { return fault_; }
  std::uint64_t entries() const { return entries_; }
  std::uint64_t checkpoints() const { return signed_; }
  /// Entries after the last checkpoint: nothing signed holds them yet.
  std::uint64_t unsealed() const { return unsealed_; }

 private:
  bool wrong(std::uint64_t sequence, std::string why);
  bool holds(const Checkpoint& checkpoint, const char* which, const Digest& digest);

  Evidence evidence_;
  std::uint64_t next_ = 1, entries_ = 0, signed_ = 0, unsealed_ = 0;
  std::size_t checkpoint_ = 0;  ///< the next one that is to be met
  std::optional<Digest> last_;  ///< of the entry before; none where the walk begins in the middle
  std::optional<Fault> fault_;
};

}  // namespace meterway::audit
