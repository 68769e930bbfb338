#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "standard/ids/ids.h"

namespace meterway::field {

/// Protection against replay: one execution counter per remote party role. A command must carry a greater counter
/// than the last one accepted from that role, and what is accepted stays accepted across a restart.
///
/// Source:  GBCS, execution counters (device-side rules on counters and replay).
class ReplayGuard {
 public:
  bool fresh(PartyRole role, OriginatorCounter counter) const;
  /// Remembers an accepted command. The caller has checked everything else first.
  void accept(PartyRole role, OriginatorCounter counter) { last_[role] = counter; }
  /// The role's current counter as the security credentials report it; none when the role never sent anything.
  std::optional<OriginatorCounter> last(PartyRole role) const;
  const std::map<PartyRole, OriginatorCounter>& all() const { return last_; }

 private:
  std::map<PartyRole, OriginatorCounter> last_;
};

/// The counters of the last 100 prepayment tokens, oldest overwritten first. Tokens have a series of their own that is
/// never mixed with the execution counters, and they may arrive out of order within the cache.
///
/// Source:  GBCS 14.1 and 14.3.6.
class TokenCache {
 public:
  static constexpr std::size_t kSize = 100;
  enum class Verdict : std::uint8_t { New, Duplicate, TooOld };
  /// TooOld: the cache is full and the counter lies below everything it remembers, so that a token that has already
  /// dropped out of it cannot come again.
  Verdict look(OriginatorCounter counter) const;
  void add(OriginatorCounter counter);
  /// Another supplier's tokens come: those of the former one are forgotten.
  void start_over() { counters_.clear(); }
  /// Tokens up to this counter are too old, whoever made them.
  void raise_floor(OriginatorCounter floor) { floor_ = floor; }
  OriginatorCounter floor() const { return floor_; }
  /// The 64-bit counter (low 32 bits zero) whose bits 41..32 are `truncated` and which lies nearest to the highest
  /// counter in the cache; of two equally near ones the later.
  OriginatorCounter reconstruct(std::uint16_t truncated) const;
  const std::deque<std::uint64_t>& counters() const { return counters_; }  ///< oldest first

 private:
  std::uint64_t highest() const;
  std::deque<std::uint64_t> counters_;
  OriginatorCounter floor_{0};
};

}  // namespace meterway::field
