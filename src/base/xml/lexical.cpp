#include "base/xml/lexical.h"

#include <libxml/tree.h>
#include <libxml/uri.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/xml/runs.h"

namespace meterway::xml {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

int compare_magnitude(const Decimal& a, const Decimal& b) {
  if (a.whole.size() != b.whole.size()) return a.whole.size() < b.whole.size() ? -1 : 1;
  if (const int order = a.whole.compare(b.whole); order != 0) return order;
  return a.fraction.compare(b.fraction);  // trailing zeros are gone: a prefix is the smaller one
}

/// Consumes the parts of a date or time from the front.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : text_(text) {}
  bool literal(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// Two digits from low to high.
  bool two(int low, int high, int& value) {
    if (text_.size() < 2 || !is_digit(text_[0]) || !is_digit(text_[1])) return false;
    value = (text_[0] - '0') * 10 + (text_[1] - '0');
    text_.remove_prefix(2);
    return value >= low && value <= high;
  }
  /// "-"? then four digits or more; more than four do not begin with 0; there is no year 0.
  bool date() {
    literal('-');
    std::size_t digits = 0;
    int year = 0;  // modulo 400 is enough for leap years
    bool zero = true;
    for (; digits < text_.size() && is_digit(text_[digits]); ++digits) {
      year = (year * 10 + (text_[digits] - '0')) % 400;
      zero = zero && text_[digits] == '0';
    }
    if (digits < 4 || digits > 18 || (digits > 4 && text_[0] == '0') || zero) return false;
    text_.remove_prefix(digits);
    int month = 0;
    int day = 0;
    if (!literal('-') || !two(1, 12, month) || !literal('-') || !two(1, 31, day)) return false;
    static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year == 0);
    return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
  }
  /// HH:MM:SS with an optional fraction of up to 15 digits; 24:00:00 is the end of the day.
  bool time() {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!two(0, 24, hour) || !literal(':') || !two(0, 59, minute) || !literal(':') || !two(0, 59, second)) return false;
    bool fraction = false;
    if (literal('.')) {
      std::size_t digits = 0;
      for (; digits < text_.size() && is_digit(text_[digits]); ++digits) fraction = fraction || text_[digits] != '0';
      if (digits == 0 || digits > 15) return false;
      text_.remove_prefix(digits);
    }
    return hour < 24 || (minute == 0 && second == 0 && !fraction);
  }
  /// Nothing, "Z", or an offset of at most 14 hours; and the end.
  bool zone_and_end() {
    if (text_.empty()) return true;
    if (literal('Z')) return text_.empty();
    int hour = 0;
    int minute = 0;
    if (!literal('+') && !literal('-')) return false;
    if (!two(0, 14, hour) || !literal(':') || !two(0, 59, minute)) return false;
    return text_.empty() && (hour < 14 || minute == 0);
  }

 private:
  std::string_view text_;
};

constexpr auto kBase64Values = [] {
  std::array<std::int8_t, 256> out{};
  for (auto& value : out) value = -1;
  for (std::int8_t i = 0; i < 26; ++i) {
    out[static_cast<std::size_t>('A' + i)] = i;
    out[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(26 + i);
  }
  for (std::int8_t i = 0; i < 10; ++i) out[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(52 + i);
  out['+'] = 62;
  out['/'] = 63;
  return out;
}();

int base64_value(char c) { return kBase64Values[static_cast<unsigned char>(c)]; }

}  // namespace

std::string collapse(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  for (const char c : text) {
    if (is_blank(c)) {
      gap = !out.empty();
      continue;
    }
    if (gap) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

std::optional<Decimal> read_decimal(std::string_view text) {
  Decimal out;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    out.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const auto point = std::min(text.find('.'), text.size());
  out.whole = text.substr(0, point);
  if (point < text.size()) out.fraction = text.substr(point + 1);
  if (out.whole.empty() && out.fraction.empty()) return std::nullopt;
  if (!std::all_of(out.whole.begin(), out.whole.end(), is_digit) ||
      !std::all_of(out.fraction.begin(), out.fraction.end(), is_digit)) {
    return std::nullopt;
  }
  while (!out.whole.empty() && out.whole.front() == '0') out.whole.remove_prefix(1);
  while (!out.fraction.empty() && out.fraction.back() == '0') out.fraction.remove_suffix(1);
  if (out.whole.empty() && out.fraction.empty()) out.negative = false;
  return out;
}

std::optional<Decimal> read_integer(std::string_view text) {
  return text.find('.') == std::string_view::npos ? read_decimal(text) : std::nullopt;
}

int compare(const Decimal& a, const Decimal& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  return a.negative ? compare_magnitude(b, a) : compare_magnitude(a, b);
}

bool is_date_time(std::string_view text) {
  DateReader reader(text);
  return reader.date() && reader.literal('T') && reader.time() && reader.zone_and_end();
}

bool is_date(std::string_view text) {
  DateReader reader(text);
  return reader.date() && reader.zone_and_end();
}

bool is_time(std::string_view text) {
  DateReader reader(text);
  return reader.time() && reader.zone_and_end();
}

bool is_boolean(std::string_view text) { return text == "true" || text == "false" || text == "1" || text == "0"; }

bool is_plain_uri(std::string_view text) {
  static constexpr std::string_view kHttp = "http://", kUrn = "urn:";
  const bool urn = text.substr(0, kUrn.size()) == kUrn;
  if (!urn && text.substr(0, kHttp.size()) != kHttp) return false;
  text.remove_prefix(urn ? kUrn.size() : kHttp.size());
  if (text.empty() || text.front() == '_' || !is_of(text.front(), Run::NameStart)) return false;
  bool part = false;
  for (;; text.remove_prefix(1)) {
    text.remove_prefix(run_size<Run::Uri>(text));
    if (text.empty()) return true;
    if (urn && text.front() == ':') continue;
    if (text.front() != '#' || std::exchange(part, true)) return false;
  }
}

bool is_any_uri(std::string_view text) {
  if (is_plain_uri(text)) return true;
  // Characters that an IRI may hold and a URI may not stand for themselves; what is left must parse as a reference.
  std::string plain(text);
  for (auto& c : plain) {
    if (static_cast<unsigned char>(c) < 32 || static_cast<unsigned char>(c) >= 127 ||
        std::string_view("<>\"{}|\\^`").find(c) != std::string_view::npos) {
      c = '_';
    }
  }
  if (plain.empty()) return true;
  xmlURIPtr uri = xmlParseURI(plain.c_str());
  xmlFreeURI(uri);
  return uri != nullptr;
}

bool is_ncname(std::string_view text) {
  return xmlValidateNCName(reinterpret_cast<const xmlChar*>(std::string(text).c_str()), 0) == 0;
}

std::optional<std::size_t> hex_octets(std::string_view text) {
  if (text.size() % 2 != 0 || run_size<Run::Hex>(text) != text.size()) return std::nullopt;
  return text.size() / 2;
}

std::optional<std::size_t> base64_octets(std::string_view text) {
  std::size_t characters = run_size<Run::Base64>(text);  // up to the padding or a blank, which is nearly all
  std::size_t padding = 0;
  int last = characters == 0 ? 0 : base64_value(text[characters - 1]);
  for (const char c : text.substr(characters)) {
    if (c == ' ') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    last = base64_value(c);
    if (last < 0 || padding > 0) return std::nullopt;
    ++characters;
  }
  if (padding > 2 || (characters + padding) % 4 != 0 || (padding > 0 && characters == 0)) return std::nullopt;
  if ((padding == 1 && (last & 3) != 0) || (padding == 2 && (last & 15) != 0)) return std::nullopt;
  return (characters + padding) / 4 * 3 - padding;
}

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace meterway::xml
