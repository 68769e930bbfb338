#pragma once
#include <string_view>

namespace meterway::flow::transform {

/// Whether a cell of a table that holds words separated by blanks has this one.
inline bool has_word(std::string_view words, std::string_view wanted) {
  while (!words.empty()) {
    const auto blank = words.find(' ');
    if (words.substr(0, blank) == wanted) return true;
    if (blank == std::string_view::npos) return false;
    words.remove_prefix(blank + 1);
  }
  return false;
}

}  // namespace meterway::flow::transform
