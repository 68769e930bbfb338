#include "standard/forms/words.h"

#include <charconv>

#include "standard/duis/integer_kind.h"
#include "standard/gbcs/alerts.h"

namespace meterway::forms {
namespace {

using duis::schema::Builtin;
using duis::schema::SimpleType;

struct WordsRow {
  std::string_view path;
  std::string_view services;  ///< " 4.1.1 4.1.2 "; empty: all
  std::string_view unit, help, words, how_sure;
};
constexpr WordsRow kWords[] = {
#include "standard/forms/field_words.inc"
};

bool is_upper(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool ends_path(std::string_view end, std::string_view path) {
  if (!path.ends_with(end)) return false;
  return path.size() == end.size() || path[path.size() - end.size() - 1] == '/';
}

/// "x8F0A": what an alert configuration calls the alert of that code.
std::string alert_label(std::string_view element) {
  std::uint16_t code = 0;
  if (element.size() != 5 || element.front() != 'x') return {};
  const auto read = std::from_chars(element.data() + 1, element.data() + element.size(), code, 16);
  if (read.ec != std::errc() || read.ptr != element.data() + element.size()) return {};
  const auto name = gbcs::alert_name(code);
  return std::string(element.substr(1)) + (name.empty() ? "" : " " + std::string(name));
}

std::string from_to(std::string low, std::string high) {
  if (low.empty() && high.empty()) return {};
  if (high.empty()) return " from " + low;
  return low.empty() ? " up to " + high : " from " + low + " to " + high;
}

std::string number_words(const SimpleType& type) {
  const auto* kind = duis::schema::integer_kind(type.base);
  std::string low(type.low), high(type.high);
  if (kind != nullptr && low.empty()) low = kind->low;
  if (kind != nullptr && high.empty()) high = kind->high;
  std::string out = kind != nullptr ? "a whole number" : "a number";
  out += from_to(low, high);
  if (type.low_excluded) out += ", but not " + low;
  if (type.high_excluded) out += ", but not " + high;
  if (kind == nullptr && type.fraction_digits >= 0)
    out += ", at most " + std::to_string(type.fraction_digits) + " digits after the point";
  if (type.total_digits >= 0) out += ", at most " + std::to_string(type.total_digits) + " digits";
  return out;
}

std::string length_words(const SimpleType& type, const std::string& unit) {
  if (type.shortest < 0 && type.longest < 0) return {};
  if (type.shortest == type.longest) return " of " + std::to_string(type.shortest) + " " + unit;
  if (type.longest < 0) return " of at least " + std::to_string(type.shortest) + " " + unit;
  if (type.shortest < 0) return " of at most " + std::to_string(type.longest) + " " + unit;
  return " of " + std::to_string(type.shortest) + " to " + std::to_string(type.longest) + " " + unit;
}

std::string base_words(const SimpleType& type) {
  switch (type.base) {
    case Builtin::String:
    case Builtin::Token:
    case Builtin::Id:
      return "text" + length_words(type, "characters");
    case Builtin::AnyUri:
      return "a URI";
    case Builtin::Boolean:
      return "true or false";
    case Builtin::DateTime:
      return "a date and time such as 2030-01-15T09:00:00Z";
    case Builtin::Date:
      return "a date such as 2030-01-15";
    case Builtin::Time:
      return "a time such as 09:00:00Z";
    case Builtin::HexBinary:
      return "hexadecimal digits" + length_words(type, "octets");
    case Builtin::Base64Binary:
      return "base64" + length_words(type, "octets");
    default:
      return number_words(type);
  }
}

}  // namespace

std::string label_of(std::string_view element) {
  if (auto alert = alert_label(element); !alert.empty()) return alert;
  std::string out;
  for (std::size_t i = 0; i < element.size(); ++i) {
    const char c = element[i];
    const bool next_lower = i + 1 < element.size() && !is_upper(element[i + 1]);
    const bool begins = i > 0 && is_upper(c) && (!is_upper(element[i - 1]) || (next_lower && c >= 'A'));
    if (begins) out += ' ';
    // A word that begins with a capital and goes on small is small inside a label; others are abbreviations.
    const bool is_word = i > 0 && c >= 'A' && c <= 'Z' && begins && next_lower && element[i + 1] != 's';
    out += is_word ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string type_words(const SimpleType& type) {
  const auto values = duis::schema::values_of(type);
  if (values.empty()) {
    auto out = base_words(type);
    for (std::size_t i = 0; i < type.pattern_count; ++i)
      out += " that fits " + std::string(duis::schema::patterns()[type.first_pattern + i]);
    return out;
  }
  constexpr std::size_t kMostTold = 30;
  std::string out = "one of ";
  for (std::size_t i = 0; i < values.size() && i < kMostTold; ++i) out += (i > 0 ? ", " : "") + std::string(values[i]);
  return values.size() > kMostTold ? out + ", ..." : out;
}

FieldWords field_words(const duis::Service& service, std::string_view path) {
  const auto name = " " + std::string(service.variant) + " ";
  for (const auto& row : kWords) {
    if (!ends_path(row.path, path)) continue;
    if (!row.services.empty() && row.services.find(name) == std::string_view::npos) continue;
    FieldWords out{row.unit, row.help, row.how_sure, {}};
    for (auto left = row.words; !left.empty();) {
      const auto one = left.substr(0, left.find(';'));
      const auto equals = one.find('=');
      out.words.emplace_back(one.substr(0, equals), one.substr(equals + 1));
      left.remove_prefix(std::min(left.size(), one.size() + 1));
    }
    return out;
  }
  return {};
}

}  // namespace meterway::forms
