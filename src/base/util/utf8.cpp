#include "base/util/utf8.h"

namespace meterway {

std::uint32_t take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t more = first < 0x80                    ? 0
                           : first >= 0xC2 && first < 0xE0 ? 1
                           : first >= 0xE0 && first < 0xF0 ? 2
                           : first >= 0xF0 && first < 0xF5 ? 3
                                                           : 4;
  if (more == 4 || more >= text.size()) return kNoCharacter;
  std::uint32_t out = more == 0 ? first : first & (0x3Fu >> more);
  for (std::size_t k = 1; k <= more; ++k) {
    const auto next = static_cast<unsigned char>(text[k]);
    if ((next & 0xC0) != 0x80) return kNoCharacter;
    out = out << 6 | (next & 0x3Fu);
  }
  if ((more == 2 && (out < 0x800 || (out >= 0xD800 && out < 0xE000))) ||
      (more == 3 && (out < 0x10000 || out > 0x10FFFF)))
    return kNoCharacter;
  text.remove_prefix(more + 1);
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (take_character(text) == kNoCharacter) return false;
  }
  return true;
}

bool is_one_line(std::string_view text) {
  while (!text.empty()) {
    const auto c = take_character(text);
    if (c == kNoCharacter || c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) return false;
  }
  return true;
}

}  // namespace meterway
