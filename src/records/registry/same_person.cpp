#include "records/registry/same_person.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "base/util/utf8.h"

namespace meterway::registry {
namespace {

/// U+00C0 to U+017F without accents and capitals.
constexpr std::string_view kLatin[] = {
    "a", "a", "a",  "a", "a", "a", "ae", "c",  "e", "e", "e",  "e",  "i", "i", "i",  "i",  "d", "n", "o",  "o",
    "o", "o", "o",  " ", "o", "u", "u",  "u",  "u", "y", "th", "ss", "a", "a", "a",  "a",  "a", "a", "ae", "c",
    "e", "e", "e",  "e", "i", "i", "i",  "i",  "d", "n", "o",  "o",  "o", "o", "o",  " ",  "o", "u", "u",  "u",
    "u", "y", "th", "y", "a", "a", "a",  "a",  "a", "a", "c",  "c",  "c", "c", "c",  "c",  "c", "c", "d",  "d",
    "d", "d", "e",  "e", "e", "e", "e",  "e",  "e", "e", "e",  "e",  "g", "g", "g",  "g",  "g", "g", "g",  "g",
    "h", "h", "h",  "h", "i", "i", "i",  "i",  "i", "i", "i",  "i",  "i", "i", "ij", "ij", "j", "j", "k",  "k",
    "k", "l", "l",  "l", "l", "l", "l",  "l",  "l", "l", "l",  "n",  "n", "n", "n",  "n",  "n", "n", "n",  "n",
    "o", "o", "o",  "o", "o", "o", "oe", "oe", "r", "r", "r",  "r",  "r", "r", "s",  "s",  "s", "s", "s",  "s",
    "s", "s", "t",  "t", "t", "t", "t",  "t",  "u", "u", "u",  "u",  "u", "u", "u",  "u",  "u", "u", "u",  "u",
    "w", "w", "y",  "y", "y", "z", "z",  "z",  "z", "z", "z",  "s"};
constexpr std::uint32_t kFirstLatin = 0xC0;
static_assert(std::size(kLatin) == 0x180 - kFirstLatin);

struct Range {
  std::uint32_t first, last;
};
bool is_in(std::uint32_t c, std::initializer_list<Range> ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [&](Range one) { return one.first <= c && c <= one.last; });
}

/// Accents that stand by themselves, apostrophes, and what is not seen at all.
bool is_left_out(std::uint32_t c) {
  return is_in(c, {{0x27, 0x27},
                   {0x60, 0x60},
                   {0xAD, 0xAD},
                   {0xB4, 0xB4},
                   {0x2B9, 0x2BF},
                   {0x300, 0x36F},
                   {0x200B, 0x200F},
                   {0x2018, 0x201B},
                   {0x202A, 0x202E},
                   {0x2032, 0x2032},
                   {0x2060, 0x2064},
                   {0xFE00, 0xFE0F},
                   {0xFEFF, 0xFEFF}});
}
bool is_gap(std::uint32_t c) {
  const bool counts = is_in(c, {{'0', '9'}, {'a', 'z'}});
  return c < 0x80 ? !counts : is_in(c, {{0x80, 0xBF}, {0x2000, 0x206F}, {0x3000, 0x303F}});
}
std::uint32_t without_capitals(std::uint32_t c) {
  if (is_in(c, {{0xFF01, 0xFF5E}})) c -= 0xFEE0;  // forms as wide as Chinese letters
  if (is_in(c, {{'A', 'Z'}, {0x391, 0x3A9}, {0x410, 0x42F}})) return c + 0x20;
  return is_in(c, {{0x400, 0x40F}}) ? c + 0x50 : c;
}

/// Identifiers are letters without accents, digits and marks.
std::string folded_id(std::string id) {
  for (auto& c : id) c = static_cast<char>(without_capitals(static_cast<unsigned char>(c)));
  return id;
}

}  // namespace

std::string folded_name(std::string_view name) {
  std::vector<std::string> words(1);
  while (!name.empty()) {
    auto c = take_character(name);
    if (c == kNoCharacter) {
      words.back() += name.front();
      name.remove_prefix(1);
      continue;
    }
    c = without_capitals(c);
    if (is_left_out(c)) continue;
    if (c >= kFirstLatin && c < kFirstLatin + std::size(kLatin)) {
      words.back() += kLatin[c - kFirstLatin];
    } else if (is_gap(c)) {
      words.emplace_back();
    } else if (c < 0x80) {
      words.back() += static_cast<char>(c);
    } else {
      words.back() += std::to_string(c) + ';';
    }
  }
  std::sort(words.begin(), words.end());
  std::string out;
  for (const auto& word : words) {
    if (!word.empty()) out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

bool are_one_person(const Person& one, const Person& other) {
  if (folded_id(one.id) == folded_id(other.id)) return true;
  const auto name = folded_name(one.name);
  return !name.empty() && name == folded_name(other.name) && folded_name(one.party) == folded_name(other.party);
}

}  // namespace meterway::registry
