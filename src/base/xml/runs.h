#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Runs of characters of one kind, which is most of what reading a document is: sixteen characters at a time where the
/// machine has SSE2 (every x86-64), else one by one from a table. Both find the same (runs_test.cpp).
///
/// But for run_size, every text here is followed by kRunMargin zero bytes, which belong to no kind: no run goes past
/// the end of the text, though up to kRunMargin bytes beyond it are read.
namespace meterway::xml {

inline constexpr std::size_t kRunMargin = 32;

/// Kinds of characters, all of ASCII. Text is what stands between tags but for blanks alone or references, a value
/// what stands between quotation marks; a mark of either kind ends it.
enum class Run : std::uint8_t {
  NameStart = 1,
  Name = 2,
  Text = 4,
  Value = 8,
  Blank = 16,
  Uri = 32,  ///< what needs no second look in one
  Base64 = 64,
  Hex = 128,
};

constexpr std::array<std::uint8_t, 256> make_run_kinds() {
  std::array<std::uint8_t, 256> out{};
  const auto add = [&out](unsigned c, Run kind) { out[c] = static_cast<std::uint8_t>(out[c] | unsigned(kind)); };
  for (unsigned c = 0x20; c < 0x80; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (letter || c == '_') add(c, Run::NameStart);
    if (letter || c == '_' || digit || c == '.' || c == '-') add(c, Run::Name);
    if (letter || c == '_' || digit || c == '.' || c == '-' || c == '/') add(c, Run::Uri);
    if (letter || digit || c == '+' || c == '/') add(c, Run::Base64);
    if (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) add(c, Run::Hex);
    if (c != '<' && c != '&' && c != '>') add(c, Run::Text);
    if (c != '<' && c != '&' && c != '"' && c != '\'') add(c, Run::Value);
  }
  for (const unsigned c : {' ', '\t', '\n'}) add(c, Run::Blank);
  for (const unsigned c : {'\t', '\n'}) add(c, Run::Text);
  return out;
}
inline constexpr auto kRunKinds = make_run_kinds();

constexpr bool is_of(char c, Run kind) { return (kRunKinds[static_cast<unsigned char>(c)] & unsigned(kind)) != 0; }

/// The first character that is not of the kind, one by one.
template <Run kKind>
const char* past_by_table(const char* at) {
  while (is_of(*at, kKind)) ++at;
  return at;
}

/// How many characters of the kind a text begins with, one by one.
template <Run kKind>
std::size_t run_size_by_table(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_of(text[at], kKind)) ++at;
  return at;
}

/// A name with an optional prefix: its end, and its first colon, null when there is none. `colons` counts up to two.
struct NameRun {
  const char* end;
  const char* colon = nullptr;
  int colons = 0;
};
inline NameRun past_name_by_table(const char* at) {
  NameRun out{at};
  for (;; ++out.end) {
    out.end = past_by_table<Run::Name>(out.end);
    if (*out.end != ':') return out;
    if (out.colon == nullptr) out.colon = out.end;
    if (out.colons < 2) ++out.colons;
  }
}

#if defined(__SSE2__)

/// Sixteen characters, and which of them are of a kind: a bit each, the first the lowest.
class Sixteen {
 public:
  explicit Sixteen(const char* at) : all_(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at))) {}

  unsigned of(Run kind) const {
    switch (kind) {
      case Run::Blank:
        return bits(either(either(is(' '), is('\n')), is('\t')));
      case Run::Text: {  // "<" and ">" differ in one bit
        const auto marks = either(_mm_cmpeq_epi8(with(0x02), all('>')), is('&'));
        return bits(either(_mm_andnot_si128(marks, from_blank()), either(is('\n'), is('\t'))));
      }
      case Run::Value: {  // so do the quotation mark and "&"
        const auto marks = either(either(_mm_cmpeq_epi8(with(0x04), all('&')), is('\'')), is('<'));
        return bits(_mm_andnot_si128(marks, from_blank()));
      }
      case Run::Name:
        return bits(either(letters(), either(_mm_andnot_si128(is('/'), between('-', '9')), is('_'))));
      case Run::Uri:
        return bits(either(letters(), either(between('-', '9'), is('_'))));
      case Run::Base64:
        return bits(either(letters(), either(between('/', '9'), is('+'))));
      case Run::Hex:
        return bits(either(in_range(with(0x20), 'a', 'f'), between('0', '9')));
      case Run::NameStart:
        break;
    }
    return bits(either(letters(), is('_')));
  }
  unsigned colons() const { return bits(is(':')); }
  unsigned same_as(const Sixteen& other) const { return bits(_mm_cmpeq_epi8(all_, other.all_)); }

 private:
  static __m128i all(int c) { return _mm_set1_epi8(static_cast<char>(c)); }
  static __m128i either(__m128i a, __m128i b) { return _mm_or_si128(a, b); }
  static unsigned bits(__m128i which) { return static_cast<unsigned>(_mm_movemask_epi8(which)); }
  __m128i is(char c) const { return _mm_cmpeq_epi8(all_, all(c)); }
  __m128i with(int bit) const { return _mm_or_si128(all_, all(bit)); }
  __m128i from_blank() const { return _mm_cmpgt_epi8(all_, all(0x1F)); }  // signed: beyond ASCII is below zero
  static __m128i in_range(__m128i of, int low, int high) {
    return _mm_cmplt_epi8(_mm_add_epi8(of, all(-128 - low)), all(-128 + high - low + 1));
  }
  __m128i between(int low, int high) const { return in_range(all_, low, high); }
  __m128i letters() const { return in_range(with(0x20), 'a', 'z'); }

  __m128i all_;
};

template <Run kKind>
const char* past(const char* at) {
  for (;; at += 16) {
    const unsigned others = Sixteen(at).of(kKind) ^ 0xFFFF;
    if (others != 0) return at + std::countr_zero(others);
  }
}

inline NameRun past_name(const char* at) {
  NameRun out{at};
  for (;; out.end += 16) {
    const Sixteen here(out.end);
    unsigned colons = here.colons();
    const unsigned others = (here.of(Run::Name) | colons) ^ 0xFFFF;
    if (others != 0) colons &= (others & -others) - 1;
    if (colons != 0) {
      if (out.colon == nullptr) out.colon = out.end + std::countr_zero(colons);
      out.colons = out.colons > 0 || (colons & (colons - 1)) != 0 ? 2 : 1;
    }
    if (others != 0) return out.end += std::countr_zero(others), out;
  }
}

/// How many characters of the kind a text begins with, which needs no margin.
template <Run kKind>
std::size_t run_size(std::string_view text) {
  std::size_t at = 0;
  for (; at + 16 <= text.size(); at += 16) {
    const unsigned others = Sixteen(text.data() + at).of(kKind) ^ 0xFFFF;
    if (others != 0) return at + static_cast<std::size_t>(std::countr_zero(others));
  }
  return at + run_size_by_table<kKind>(text.substr(at));
}

/// True when so many characters at both places are the same. Both lie in texts with a margin.
inline bool are_same(const char* a, const char* b, std::size_t size) {
  for (;; a += 16, b += 16, size -= 16) {
    const unsigned same = Sixteen(a).same_as(Sixteen(b));
    if (size <= 16) return (~same & ((1u << size) - 1)) == 0;
    if (same != 0xFFFF) return false;
  }
}

#else

template <Run kKind>
const char* past(const char* at) {
  return past_by_table<kKind>(at);
}
inline NameRun past_name(const char* at) { return past_name_by_table(at); }
inline bool are_same(const char* a, const char* b, std::size_t size) { return std::equal(a, a + size, b); }
template <Run kKind>
std::size_t run_size(std::string_view text) {
  return run_size_by_table<kKind>(text);
}

#endif

}  // namespace meterway::xml
