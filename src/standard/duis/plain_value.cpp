#include "standard/duis/plain_value.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>
#include <optional>

#include "base/xml/lexical.h"
#include "standard/duis/integer_kind.h"
#include "standard/duis/text_key.h"

namespace meterway::duis::schema {
namespace {

using Limits64 = std::numeric_limits<std::int64_t>;

constexpr std::size_t kMostDigits = 18;  ///< whatever they are, 64 bits hold the number

constexpr std::string_view kMostUnsigned = "18446744073709551615";

/// A bound of the tables, when 64 bits with a sign hold it.
std::optional<std::int64_t> read_bound(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

PlainValue::PlainValue(const SimpleType& type)
    : low_(Limits64::min()), high_(Limits64::max()), longest_(std::numeric_limits<std::size_t>::max()) {
  for (std::size_t i = 0; i < type.pattern_count; ++i) {
    auto pattern = xml::Pattern::compile(patterns()[type.first_pattern + i]);
    if (!pattern) return;
    patterns_.push_back(*std::move(pattern));
  }
  if (type.shortest >= 0) shortest_ = static_cast<std::size_t>(type.shortest);
  if (type.longest >= 0) longest_ = static_cast<std::size_t>(type.longest);
  form_ = form_of(type.base);
  if (form_ == Form::Integer) prepare_integer(type);
  if (const auto allowed = values_of(type); !allowed.empty()) prepare_values(allowed);
}

PlainValue::Form PlainValue::form_of(Builtin base) {
  switch (base) {
    case Builtin::String:
    case Builtin::Token:
      return Form::Text;
    case Builtin::AnyUri:
      return Form::Uri;
    case Builtin::Boolean:
      return Form::Boolean;
    case Builtin::HexBinary:
      return Form::Hex;
    case Builtin::Base64Binary:
      return Form::Base64;
    case Builtin::DateTime:
      return Form::DateTime;
    case Builtin::Date:
      return Form::Date;
    case Builtin::Time:
      return Form::Time;
    case Builtin::Id:
      return Form::Unusual;
    default:
      return Form::Integer;
  }
}

/// A decimal's usual text has no point either.
void PlainValue::prepare_integer(const SimpleType& type) {
  if (type.total_digits == 0) form_ = Form::Unusual;
  if (const auto* kind = integer_kind(type.base)) narrow(kind->low, kind->high, false, false);
  narrow(type.low, type.high, type.low_excluded, type.high_excluded);
  if (type.total_digits < 0 || static_cast<std::size_t>(type.total_digits) >= kMostDigits) return;
  std::int64_t beyond = 1;
  for (int i = 0; i < type.total_digits; ++i) beyond *= 10;
  low_ = std::max(low_, 1 - beyond);
  high_ = std::min(high_, beyond - 1);
}

/// Whatever else is asked of a text, each value has it or has not. Other texts may stand for the same value.
void PlainValue::prepare_values(std::span<const std::string_view> allowed) {
  std::vector<Value> slots(std::bit_ceil(2 * allowed.size()));
  for (const auto text : allowed) {
    if (text.empty() || !is_valid(text)) continue;
    const auto key = text_key(text);
    std::size_t at = key % slots.size();
    while (!slots[at].text.empty()) at = (at + 1) % slots.size();
    slots[at] = {key, text};
  }
  values_ = std::move(slots);
  form_ = Form::OneOf;
  patterns_.clear();
}

void PlainValue::narrow(std::string_view low, std::string_view high, bool low_excluded, bool high_excluded) {
  const auto least = read_bound(low), most = read_bound(high);
  // A bound that is no integer of 64 bits is left to others, but for one beyond all that is usual.
  if ((!low.empty() && !least) || (!high.empty() && !most && high != kMostUnsigned)) form_ = Form::Unusual;
  if (least) low_ = std::max(low_, *least + low_excluded);
  if (most) high_ = std::min(high_, *most - high_excluded);
}

bool PlainValue::is_valid(std::string_view text) const { return has_form(text) && fits_patterns(text); }

bool PlainValue::fits_patterns(std::string_view text) const {
  for (const auto& pattern : patterns_) {
    if (!pattern.matches(text)) return false;
  }
  return true;
}

bool PlainValue::is_one_of_values(std::string_view text) const {
  const auto key = text_key(text);
  for (std::size_t at = key & (values_.size() - 1); !values_[at].text.empty(); at = (at + 1) & (values_.size() - 1)) {
    if (values_[at].key == key && is_same_text(values_[at].text, text)) return true;
  }
  return false;
}

bool PlainValue::has_form(std::string_view text) const {
  switch (form_) {
    case Form::Unusual:
      return false;
    case Form::Text:
      return has_characters(text);
    case Form::OneOf:
      return is_one_of_values(text);
    case Form::Integer:
      return is_integer(text);
    case Form::Uri:
      return text.empty() || xml::is_plain_uri(text);
    case Form::Boolean:
      return xml::is_boolean(text);
    case Form::DateTime:
      return xml::is_date_time(text);
    case Form::Date:
      return xml::is_date(text);
    case Form::Time:
      return xml::is_time(text);
    case Form::Hex: {
      const auto octets = xml::hex_octets(text);
      return octets && has_length(*octets);
    }
    case Form::Base64: {
      if (text.find(' ') != std::string_view::npos) return false;
      const auto octets = xml::base64_octets(text);
      return octets && has_length(*octets);
    }
  }
  return false;
}

/// "-"? digits, of which there are few; "-0" is left to others.
bool PlainValue::is_integer(std::string_view text) const {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > kMostDigits) return false;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  if (negative && value == 0) return false;
  if (negative) value = -value;
  return value >= low_ && value <= high_;
}

bool PlainValue::has_length(std::size_t octets) const { return octets >= shortest_ && octets <= longest_; }

/// Each character is one octet; no white space at either end or doubled, and but for blanks none at all.
bool PlainValue::has_characters(std::string_view text) const {
  if (!has_length(text.size())) return false;
  bool after_blank = true;
  for (const char c : text) {
    if (static_cast<signed char>(c) < ' ' || (c == ' ' && after_blank)) return false;
    after_blank = c == ' ';
  }
  return !after_blank || text.empty();
}

const std::vector<PlainValue>& plain_values() {
  static const std::vector<PlainValue> all(simple_types().begin(), simple_types().end());
  return all;
}

}  // namespace meterway::duis::schema
