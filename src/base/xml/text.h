#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Characters and references of XML 1.0, and how canonical XML (W3C xml-c14n-20010315, 2.3) writes them.
namespace meterway::xml {

/// Octets of the UTF-8 character beyond ASCII that the text begins with; 0 when it begins with none that XML 1.0 knows
/// (broken or overlong encodings, surrogates, U+FFFE, U+FFFF).
std::size_t wide_character(std::string_view text);
/// True when the text is made of characters of XML 1.0 alone.
bool is_character_data(std::string_view text);

/// A reference and the character that it stands for.
struct Reference {
  std::size_t size = 0;  ///< of "&amp;" or "&#xD;"; 0 when there is none that we know here
  std::uint32_t character = 0;
};
/// The reference that the text begins with: one of the five predefined entities, or the number of a character.
Reference read_reference(std::string_view text);
/// Text whose references are known to be right, with their characters in their place.
std::string decoded(std::string_view text);

/// Appends decoded text in its canonical form. Between tags a quotation mark, a tab or a line feed stays as it is.
void append_text(std::string& out, std::string_view text);
void append_attribute_value(std::string& out, std::string_view value);

}  // namespace meterway::xml
