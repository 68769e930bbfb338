#include "standard/duis/sample_value.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

#include "base/util/base64.h"
#include "standard/duis/schema_value.h"

namespace meterway::duis::schema {
namespace {

/// Texts that fit a pattern of the kind that the tables hold, the shortest for each of its alternatives.
///
///     pattern: branch | branch..   branch: piece..   piece: atom [* + ? {n} {n,m}]   atom: c, \c, [a-zX], (pattern)
class PatternSampler {
 public:
  explicit PatternSampler(std::string_view source) : at_(source) {}
  std::vector<std::string> texts() { return alternatives(); }

 private:
  std::vector<std::string> alternatives() {
    std::vector<std::string> all(1);
    while (!at_.empty() && at_.front() != ')') {
      if (at_.front() == '|') {
        at_.remove_prefix(1);
        all.emplace_back();
        continue;
      }
      const auto piece = atom();
      for (auto times = least(); times > 0; --times) all.back() += piece;
    }
    return all;
  }
  std::string atom() {
    const char c = at_.front();
    at_.remove_prefix(1);
    if (c == '(') {
      const auto inside = alternatives().front();
      at_.remove_prefix(std::min<std::size_t>(1, at_.size()));
      return inside;
    }
    if (c == '[') {
      const std::string first(at_.substr(0, 1));
      at_.remove_prefix(std::min(at_.size(), at_.find(']') + 1));
      return first;
    }
    if (c != '\\' || at_.empty()) return std::string(1, c);
    const char meant = at_.front();
    at_.remove_prefix(1);
    return std::string(1, meant == 'd' ? '0' : meant);
  }
  std::size_t least() {
    if (at_.empty()) return 1;
    const char c = at_.front();
    if (c == '*' || c == '+' || c == '?') {
      at_.remove_prefix(1);
      return c == '+' ? 1 : 0;
    }
    if (c != '{') return 1;
    std::size_t count = 0;
    std::from_chars(at_.data() + 1, at_.data() + at_.size(), count);
    at_.remove_prefix(std::min(at_.size(), at_.find('}') + 1));
    return count;
  }

  std::string_view at_;
};

std::size_t shortest(const SimpleType& type) {
  if (type.longest == 0) return 0;
  return static_cast<std::size_t>(std::max<std::int32_t>(1, type.shortest));
}

/// The lowest number from the bounds, or the number nearest to zero.
std::vector<std::string> numbers(const SimpleType& type) {
  std::vector<std::string> out{"0", "1", "-1", std::string(type.low), std::string(type.high)};
  for (const auto bound : {type.low, type.high}) {
    long long value = 0;
    const auto read = std::from_chars(bound.data(), bound.data() + bound.size(), value);
    if (bound.empty() || read.ec != std::errc()) continue;
    if (value < std::numeric_limits<long long>::max()) out.push_back(std::to_string(value + 1));
    if (value > std::numeric_limits<long long>::min()) out.push_back(std::to_string(value - 1));
  }
  return out;
}

std::vector<std::string> candidates(const SimpleType& type, UtcTime now) {
  std::vector<std::string> out;
  for (const auto value : values_of(type)) out.emplace_back(value);
  for (std::size_t i = 0; i < type.pattern_count; ++i) {
    auto texts = PatternSampler(patterns()[type.first_pattern + i]).texts();
    out.insert(out.end(), texts.begin(), texts.end());
  }
  const auto time = to_iso8601(now, 0);  // 2026-06-01T00:00:00Z
  switch (type.base) {
    case Builtin::Boolean:
      out.emplace_back("false");
      break;
    case Builtin::DateTime:
      out.insert(out.begin(), {time, to_iso8601(now, 2), to_iso8601(now, 3)});
      break;
    case Builtin::Date:
      out.insert(out.begin(), {time.substr(0, 10), time.substr(0, 10) + "Z"});
      break;
    case Builtin::Time:
      out.insert(out.begin(), {"00:00:00Z", "00:00:00.00Z", "00:00:00"});
      break;
    case Builtin::HexBinary:
      out.push_back(std::string(2 * shortest(type), '0'));
      break;
    case Builtin::Base64Binary:
      out.push_back(to_base64(Bytes(shortest(type))));
      break;
    case Builtin::AnyUri:
      out.emplace_back("urn:a");
      break;
    case Builtin::String:
    case Builtin::Token:
    case Builtin::Id:
      out.push_back(std::string(shortest(type), 'a'));
      break;
    default: {
      auto some = numbers(type);
      out.insert(out.end(), some.begin(), some.end());
    }
  }
  return out;
}

}  // namespace

std::string sample_value(const SimpleType& type, UtcTime now) {
  const auto all = candidates(type, now);
  for (auto text : all) {
    if (!broken_rule(type, text)) return text;
  }
  return all.empty() ? std::string() : all.front();
}

}  // namespace meterway::duis::schema
