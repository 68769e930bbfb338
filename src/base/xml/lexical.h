#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace meterway::xml {

/// The lexical rules of the XML Schema datatypes (XML Schema part 2, second edition) that DUIS uses. All of them take
/// text whose white space is already collapsed.

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
/// White space facet "collapse": trimmed, and each run inside becomes one blank.
std::string collapse(std::string_view text);

/// A decimal number of any length, as the digits that count: no leading zeros before the point, no trailing ones after.
struct Decimal {
  bool negative = false;
  std::string_view whole;     ///< empty for 0
  std::string_view fraction;  ///< empty for none
  std::size_t digits() const { return whole.empty() && fraction.empty() ? 1 : whole.size() + fraction.size(); }
};
/// xs:decimal: sign, digits, point; digits on at least one side of the point. Nothing when it is none.
std::optional<Decimal> read_decimal(std::string_view text);
/// xs:integer: the same without a point.
std::optional<Decimal> read_integer(std::string_view text);
/// Negative, 0 or positive as a is less than, equal to or greater than b.
int compare(const Decimal& a, const Decimal& b);

bool is_date_time(std::string_view text);
bool is_date(std::string_view text);
bool is_time(std::string_view text);
bool is_boolean(std::string_view text);
bool is_any_uri(std::string_view text);
/// "http://name/path#part" or "urn:name:part", of letters, digits and few others: absolute beyond doubt.
bool is_plain_uri(std::string_view text);
bool is_ncname(std::string_view text);  ///< what xs:ID is made of

/// Number of octets that the text stands for; nothing when it is not hexadecimal or base64 (XML Schema form: blanks
/// between characters are fine, padding is required, unused bits are zero).
std::optional<std::size_t> hex_octets(std::string_view text);
std::optional<std::size_t> base64_octets(std::string_view text);

/// Characters, not bytes, of UTF-8 text.
std::size_t count_characters(std::string_view utf8);

}  // namespace meterway::xml
