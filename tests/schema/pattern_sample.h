#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/util/random.h"

namespace meterway::tests {

/// Makes texts that fit a pattern of the kind that the schema tables hold: an alternative, its atoms, their counts.
class PatternSample {
 public:
  explicit PatternSample(SeededRandom& random) : random_(random) {}

  std::string of(std::string_view pattern) { return sample(pattern); }

 private:
  std::size_t below(std::size_t bound) { return random_.next_u64() % bound; }

  std::string sample(std::string_view& at) {
    std::vector<std::string> alternatives(1);
    while (!at.empty() && at.front() != ')') {
      if (at.front() == '|') {
        alternatives.emplace_back();
        at.remove_prefix(1);
        continue;
      }
      auto rest = at;
      std::string atom = sample_atom(rest);
      const auto [least, most] = counts(rest);
      const std::size_t times = least + below(most - least + 1);
      for (std::size_t i = 0; i < times; ++i) {
        auto again = at;
        alternatives.back() += sample_atom(again);
      }
      at = rest;
    }
    return alternatives[below(alternatives.size())];
  }
  std::string sample_atom(std::string_view& at) {
    const char c = at.front();
    at.remove_prefix(1);
    if (c == '(') {
      std::string text = sample(at);
      at.remove_prefix(1);
      return text;
    }
    if (c != '[') return std::string(1, c);
    std::string accepted;
    while (at.front() != ']') {
      const char low = at[0];
      const bool range = at[1] == '-';
      for (int value = low; value <= (range ? at[2] : low); ++value) accepted += static_cast<char>(value);
      at.remove_prefix(range ? 3 : 1);
    }
    at.remove_prefix(1);
    return std::string(1, accepted[below(accepted.size())]);
  }
  static std::pair<std::size_t, std::size_t> counts(std::string_view& at) {
    if (at.empty()) return {1, 1};
    const char c = at.front();
    if (c == '*' || c == '+' || c == '?') {
      at.remove_prefix(1);
      return {c == '+' ? 1 : 0, c == '?' ? 1 : 3};
    }
    if (c != '{') return {1, 1};
    const auto end = at.find('}');
    const std::string inside(at.substr(1, end - 1));
    at.remove_prefix(end + 1);
    const auto comma = inside.find(',');
    const std::size_t least = std::stoul(inside);
    return {least, comma == std::string::npos ? least : std::stoul(inside.substr(comma + 1))};
  }

  SeededRandom& random_;
};

}  // namespace meterway::tests
