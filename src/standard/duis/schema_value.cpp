#include "standard/duis/schema_value.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "base/xml/lexical.h"
#include "base/xml/pattern.h"
#include "standard/duis/integer_kind.h"

namespace meterway::duis::schema {
namespace {

using Rule = std::optional<std::string>;

const xml::Pattern& compiled_pattern(std::size_t place) {
  static const std::vector<xml::Pattern> all = [] {
    std::vector<xml::Pattern> out;
    for (const auto source : patterns()) {
      auto one = xml::Pattern::compile(source);
      assert(one);
      out.push_back(*std::move(one));
    }
    return out;
  }();
  return all[place];
}

int compare_to(const xml::Decimal& value, std::string_view bound) {
  return xml::compare(value, *xml::read_decimal(bound));
}

Rule check_number(const SimpleType& type, const xml::Decimal& value) {
  if (!type.low.empty()) {
    const int order = compare_to(value, type.low);
    if (order < 0 || (order == 0 && type.low_excluded))
      return (type.low_excluded ? "range: more than " : "range: at least ") + std::string(type.low);
  }
  if (!type.high.empty()) {
    const int order = compare_to(value, type.high);
    if (order > 0 || (order == 0 && type.high_excluded))
      return (type.high_excluded ? "range: less than " : "range: at most ") + std::string(type.high);
  }
  if (type.total_digits >= 0 && value.digits() > static_cast<std::size_t>(type.total_digits)) {
    return "digits: at most " + std::to_string(type.total_digits);
  }
  if (type.fraction_digits >= 0 && value.fraction.size() > static_cast<std::size_t>(type.fraction_digits)) {
    return "digits: at most " + std::to_string(type.fraction_digits) + " after the point";
  }
  return {};
}

Rule check_numeric(const SimpleType& type, std::string_view text, std::optional<xml::Decimal>& value) {
  if (const auto* kind = integer_kind(type.base)) {
    value = xml::read_integer(text);
    const bool bare = value && (kind->takes_sign || (text.front() != '+' && text.front() != '-'));
    if (!bare || (!kind->low.empty() && compare_to(*value, kind->low) < 0) ||
        (!kind->high.empty() && compare_to(*value, kind->high) > 0)) {
      return std::string("form: ") + kind->name;
    }
  } else {
    value = xml::read_decimal(text);
    if (!value) return "form: a decimal number";
  }
  return check_number(type, *value);
}

Rule check_length(const SimpleType& type, std::size_t length, const char* unit) {
  const bool fits = (type.shortest < 0 || length >= static_cast<std::size_t>(type.shortest)) &&
                    (type.longest < 0 || length <= static_cast<std::size_t>(type.longest));
  if (fits) return {};
  std::string rule = "length: ";
  if (type.shortest == type.longest) return rule + std::to_string(type.shortest) + " " + unit;
  if (type.shortest >= 0) rule += "at least " + std::to_string(type.shortest) + (type.longest >= 0 ? ", " : "");
  if (type.longest >= 0) rule += "at most " + std::to_string(type.longest);
  return rule + " " + unit;
}

/// The lexical form of the built-in type, and the facets on its value.
Rule check_base(const SimpleType& type, std::string_view text, std::optional<xml::Decimal>& number) {
  const auto form = [](bool right, const char* what) { return right ? Rule() : Rule(std::string("form: ") + what); };
  switch (type.base) {
    case Builtin::String:
    case Builtin::Token:
      return check_length(type, xml::count_characters(text), "characters");
    case Builtin::AnyUri:
      return form(xml::is_any_uri(text), "a URI");
    case Builtin::Id:
      return form(xml::is_ncname(text), "a name without colon");
    case Builtin::Boolean:
      return form(xml::is_boolean(text), "true, false, 1 or 0");
    case Builtin::DateTime:
      return form(xml::is_date_time(text), "a date and time such as 2030-01-15T09:00:00Z");
    case Builtin::Date:
      return form(xml::is_date(text), "a date such as 2030-01-15");
    case Builtin::Time:
      return form(xml::is_time(text), "a time such as 09:00:00Z");
    case Builtin::HexBinary: {
      const auto octets = xml::hex_octets(text);
      return octets ? check_length(type, *octets, "octets") : Rule("form: hexadecimal, two digits an octet");
    }
    case Builtin::Base64Binary: {
      const auto octets = xml::base64_octets(text);
      return octets ? check_length(type, *octets, "octets") : Rule("form: base64");
    }
    default:
      return check_numeric(type, text, number);
  }
}

bool equal_hex(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return x == y || ((x ^ y) == 0x20 && x >= 'A'); });
}

Rule check_values(const SimpleType& type, std::string_view text, const std::optional<xml::Decimal>& number) {
  const auto allowed = values_of(type);
  if (allowed.empty()) return {};
  for (const auto value : allowed) {
    const bool same = number                            ? compare_to(*number, value) == 0
                      : type.base == Builtin::HexBinary ? equal_hex(text, value)
                                                        : text == value;
    if (same) return {};
  }
  std::string rule = "enumeration: one of ";
  for (std::size_t i = 0; i < allowed.size() && i < 12; ++i) rule += (i > 0 ? ", " : "") + std::string(allowed[i]);
  if (allowed.size() > 12) rule += ", ... (" + std::to_string(allowed.size()) + " values)";
  return rule;
}

/// XML Schema lets white space surround any value but a string's, where it counts. libxml2, and so every client that
/// runs xmllint, refuses it around integers of fixed size and, but for two places, around dates and times: after the
/// zone of a dateTime, and before a time. We take what both take.
void drop_blanks(Builtin base, std::string& text) {
  if (std::none_of(text.begin(), text.end(), [](char c) { return xml::is_blank(c); })) return;
  switch (base) {
    case Builtin::DateTime: {
      const auto last = std::find_if_not(text.rbegin(), text.rend(), xml::is_blank).base();
      const auto size = static_cast<std::size_t>(last - text.begin());
      if (size > 6 && (text[size - 1] == 'Z' || text[size - 6] == '+' || text[size - 6] == '-')) text.resize(size);
      return;
    }
    case Builtin::Time:
      text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), xml::is_blank));
      return;
    case Builtin::String:
    case Builtin::Date:
    case Builtin::Int:
    case Builtin::Short:
    case Builtin::UnsignedLong:
    case Builtin::UnsignedInt:
    case Builtin::UnsignedShort:
      return;
    default:
      text = xml::collapse(text);
  }
}

}  // namespace

std::optional<std::string> broken_rule(const SimpleType& type, std::string& text) {
  drop_blanks(type.base, text);
  std::optional<xml::Decimal> number;  // views into text
  if (auto rule = check_base(type, text, number)) return rule;
  for (std::size_t i = 0; i < type.pattern_count; ++i) {
    const std::size_t place = type.first_pattern + i;
    if (!compiled_pattern(place).matches(text)) return "pattern: " + std::string(patterns()[place]);
  }
  return check_values(type, text, number);
}

}  // namespace meterway::duis::schema
