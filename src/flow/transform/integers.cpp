#include "flow/transform/integers.h"

#include <charconv>

namespace meterway::flow::transform {

std::optional<std::int64_t> read_integer(std::string_view text) {
  // from_chars takes a minus alone.
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool same_value(std::string_view left, std::string_view right) {
  if (left == right) return true;
  const auto a = read_integer(left), b = read_integer(right);
  return a && b && *a == *b;
}

}  // namespace meterway::flow::transform
