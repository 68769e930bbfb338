#include "base/xml/text.h"

#include <algorithm>

namespace meterway::xml {
namespace {

struct Entity {
  std::string_view text;
  char character;
};
constexpr Entity kEntities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
constexpr std::size_t kMostDigits = 8;  ///< of a character's number; the highest has seven, in decimal

bool is_character(std::uint32_t value) {
  if (value < 0x20) return value == '\t' || value == '\n' || value == '\r';
  return value < 0xD800 || (value >= 0xE000 && value < 0xFFFE) || (value >= 0x10000 && value <= 0x10FFFF);
}

int digit_of(char c, bool hex) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return hex && lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void append_utf8(std::string& out, std::uint32_t value) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | (value >> shift & 0x3F)); };
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xC0 | value >> 6);
    tail(0);
  } else if (value < 0x10000) {
    out += static_cast<char>(0xE0 | value >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | value >> 18);
    tail(12), tail(6), tail(0);
  }
}

/// Appends text; those of its characters that `reference_of` knows as references.
template <class ReferenceOf>
void append_with(std::string& out, std::string_view text, ReferenceOf reference_of) {
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view reference = reference_of(text[at]);
    if (reference.empty()) continue;
    out.append(text.substr(from, at - from)).append(reference);
    from = at + 1;
  }
  out.append(text.substr(from));
}

std::string_view in_text(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\r':
      return "&#xD;";
    default:
      return {};
  }
}

std::string_view in_attribute(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '"':
      return "&quot;";
    case '\t':
      return "&#x9;";
    case '\n':
      return "&#xA;";
    case '\r':
      return "&#xD;";
    default:
      return {};
  }
}

}  // namespace

std::size_t wide_character(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const unsigned first = at(0);
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return 0;
  std::uint32_t value = first & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
    value = value << 6 | (at(i) & 0x3F);
  }
  static constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  return value >= kLeast[size] && is_character(value) ? size : 0;
}

bool is_character_data(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    const std::size_t size = c >= 0x80 ? wide_character(text.substr(at)) : is_character(c) ? 1 : 0;
    if (size == 0) return false;
    at += size;
  }
  return true;
}

Reference read_reference(std::string_view text) {
  if (text.size() > 2 && text[1] == '#') {
    const bool hex = text[2] == 'x';
    const std::size_t start = hex ? 3 : 2;
    std::size_t at = start;
    std::uint64_t value = 0;
    for (; at < text.size() && at - start < kMostDigits && digit_of(text[at], hex) >= 0; ++at)
      value = value * (hex ? 16 : 10) + static_cast<unsigned>(digit_of(text[at], hex));
    if (at == start || at == text.size() || text[at] != ';' || value > 0x10FFFF) return {};
    const auto character = static_cast<std::uint32_t>(value);
    return is_character(character) ? Reference{at + 1, character} : Reference{};
  }
  for (const auto& entity : kEntities) {
    if (text.substr(0, entity.text.size()) == entity.text)
      return {entity.text.size(), static_cast<unsigned char>(entity.character)};
  }
  return {};
}

std::string decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto plain = std::min(text.find('&'), text.size());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto reference = read_reference(text);
    if (reference.size == 0) break;
    append_utf8(out, reference.character);
    text.remove_prefix(reference.size);
  }
  return out;
}

void append_text(std::string& out, std::string_view text) { append_with(out, text, in_text); }
void append_attribute_value(std::string& out, std::string_view value) { append_with(out, value, in_attribute); }

}  // namespace meterway::xml
