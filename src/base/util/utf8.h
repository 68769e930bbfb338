#pragma once
#include <cstdint>
#include <string_view>

namespace meterway {

inline constexpr std::uint32_t kNoCharacter = 0xFFFFFFFF;
/// The character at the front of a text that is not empty, and takes it away; kNoCharacter, and nothing is taken, when
/// it is no UTF-8.
std::uint32_t take_character(std::string_view& text);

/// UTF-8 without the forms that some readers take for something else: overlong ones, surrogates, what is beyond
/// U+10FFFF.
bool is_utf8(std::string_view text);

/// UTF-8 without anything that ends a line or controls a terminal: C0 and C1 characters, DEL, U+2028 and U+2029.
bool is_one_line(std::string_view text);

}  // namespace meterway
