#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/util/result.h"

namespace meterway::xml {

/// A compiled XML Schema pattern (always anchored at both ends), as a deterministic automaton: one table look-up per
/// byte of the text, whatever the text.
///
/// Supported: characters, [classes] of ASCII without negation, groups, |, ? * + {n} {n,} {n,m}. Patterns come from our
/// own tables; a text byte beyond ASCII fits none of them.
/// Sharing: immutable, safe between threads.
class Pattern {
 public:
  /// Errors: BadValue at the offset of the first character that is not supported; TooLarge.
  static Result<Pattern> compile(std::string_view source);
  bool matches(std::string_view text) const;
  std::size_t states() const { return accepting_.size(); }

 private:
  friend struct Automaton;
  void find_straight();

  std::array<std::uint8_t, 256> class_of_{};  ///< 0 is the class of bytes that no pattern character accepts
  std::size_t classes_ = 1;
  /// [state * classes_ + class]: the next state, times classes_. State 0 is the dead end, 1 the start.
  std::vector<std::uint32_t> next_;
  std::vector<bool> accepting_;
  /// How far every text goes through the same states: identifiers are such from end to end. There each character needs
  /// no state but its place: straight_[place] is the bit of those that may stand there, bits_of_ has those of each
  /// byte.
  std::vector<std::uint8_t> straight_;
  std::array<std::uint8_t, 256> bits_of_{};
  std::vector<std::uint32_t> through_;  ///< the state before each place, and the one after the last
};

}  // namespace meterway::xml
