#pragma once
#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>

#include "records/store/memtable.h"

namespace meterway::store {

/// The sequences that readers see, who begin in the order of them.
class Readers {
 public:
  void enter(std::uint64_t sequence) {
    if (at_.empty() || at_.back().first != sequence) at_.emplace_back(sequence, 0);
    ++at_.back().second;
  }
  void leave(std::uint64_t sequence) {
    const auto after = [](std::uint64_t wanted, const auto& one) { return wanted < one.first; };
    --std::prev(std::upper_bound(at_.begin(), at_.end(), sequence, after))->second;
    while (!at_.empty() && at_.front().second == 0) at_.pop_front();
  }
  std::optional<std::uint64_t> oldest() const { return at_.empty() ? std::nullopt : std::optional(at_.front().first); }

 private:
  std::deque<std::pair<std::uint64_t, unsigned>> at_;
};

/// One layer of memory while it takes changes, and afterwards while it is written to SQLite. Counted under the store's
/// mutex: readers whose view ends in this layer, and those of them that have not yet fixed their view of SQLite.
struct Generation {
  Memtable table;
  std::uint64_t last_sequence = 0;
  std::uint64_t last_segment = 0;  // what of the log can go with it
  Readers readers;
  unsigned unfixed = 0;
};

}  // namespace meterway::store
