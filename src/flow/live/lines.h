#pragma once
#include <functional>
#include <unordered_map>
#include <vector>

#include "flow/live/feed.h"

namespace meterway::flow::live {

/// Lines as they are gathered, one an event or one a key, and what is left out of them. Every one_in-th is kept: when
/// there are too many, every second of those goes, and from then on every second of those that would have been kept.
class Lines {
 public:
  Lines(std::size_t most, bool grouped, bool thins) : most_(most), grouped_(grouped), thins_(thins) {}

  /// False when there is no room for it, and none may be made: then nothing has changed.
  bool add(const store::EventView& event, std::size_t size_bytes, const KeyFacts& facts);
  bool has(std::string_view key) const { return keys_.count(std::string(key)) != 0; }
  bool full() const { return !thins_ && lines_.size() == most_; }
  std::uint64_t one_in() const { return one_in_; }
  std::uint64_t fitted() const { return fitted_; }
  std::uint64_t keys() const { return keys_.size(); }
  std::vector<Line> take() { return std::move(lines_); }

 private:
  void thin();

  const std::size_t most_;
  const bool grouped_, thins_;
  std::vector<Line> lines_;
  std::vector<std::uint64_t> places_;                    ///< of each line: which it is of all that there were
  std::unordered_map<std::string, std::uint64_t> keys_;  ///< grouped: key -> its place
  std::uint64_t next_place_ = 0, one_in_ = 1, fitted_ = 0;
};

}  // namespace meterway::flow::live
