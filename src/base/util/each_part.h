#pragma once
#include <string_view>

namespace meterway {

/// Calls `visit` for each part between separators; a separator at the end ends the last part and begins none.
template <class Visit>
void each_part(std::string_view text, char separator, Visit visit) {
  while (!text.empty()) {
    const auto end = text.find(separator);
    visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace meterway
