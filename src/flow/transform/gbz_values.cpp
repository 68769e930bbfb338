#include "flow/transform/gbz_values.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace meterway::flow::transform {
namespace {

constexpr std::chrono::sys_seconds kZclEpoch{std::chrono::seconds(946684800)};        // 2000-01-01T00:00:00Z
constexpr std::chrono::sys_seconds kCancellation{std::chrono::seconds(32535129600)};  // 3000-12-31T00:00:00Z

Result<std::string_view> text_at(const duis::Element& in, const char* path) {
  METERWAY_TRY(const auto* element, element_at(in, path));
  return std::string_view(element->text);
}

/// Digits alone, after an optional plus sign (xs:integer allows it).
template <class Number>
Result<Number> parse(std::string_view text, const char* path) {
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return fail(ErrorCode::BadRequest, 0, path);
  return number;
}

}  // namespace

Result<const duis::Element*> element_at(const duis::Element& in, const char* path) {
  const auto* found = in.find(path);
  if (found == nullptr) return fail(ErrorCode::BadRequest, 0, path);
  return found;
}

Result<std::uint64_t> unsigned_at(const duis::Element& in, const char* path, std::uint64_t max) {
  METERWAY_TRY(auto text, text_at(in, path));
  if (text == "-0") text.remove_prefix(1);
  METERWAY_TRY(const auto number, parse<std::uint64_t>(text, path));
  if (number > max) return fail(ErrorCode::BadRequest, 0, path);
  return number;
}

Result<std::uint32_t> signed_at(const duis::Element& in, const char* path) {
  METERWAY_TRY(const auto text, text_at(in, path));
  METERWAY_TRY(const auto number, parse<std::int32_t>(text, path));
  return static_cast<std::uint32_t>(number);
}

Result<std::uint64_t> decimal_at(const duis::Element& in, const char* path, unsigned digits, std::uint64_t max) {
  METERWAY_TRY(auto text, text_at(in, path));
  const auto point = std::min(text.find('.'), text.size());
  std::string scaled(text.substr(0, point));
  std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  if (fraction.size() > digits || (scaled.empty() && point + 1 >= text.size()))
    return fail(ErrorCode::BadRequest, 0, path);
  scaled.append(fraction).append(digits - fraction.size(), '0');
  METERWAY_TRY(const auto number, parse<std::uint64_t>(scaled, path));
  if (number > max) return fail(ErrorCode::BadRequest, 0, path);
  return number;
}

Result<bool> boolean_at(const duis::Element& in, const char* path) {
  METERWAY_TRY(const auto text, text_at(in, path));
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return fail(ErrorCode::BadRequest, 0, path);
}

Result<UtcTime> time_at(const duis::Element& in, const char* path) {
  METERWAY_TRY(const auto text, text_at(in, path));
  const auto time = from_iso8601(text);
  if (!time) return fail(ErrorCode::BadRequest, 0, path);
  return *time;
}

Result<Execution> execution_of(const duis::Element& body) {
  if (body.child("ExecutionDateTime") == nullptr) return Execution{};
  METERWAY_TRY(const auto time, time_at(body, "ExecutionDateTime"));
  return Execution{time == kCancellation ? Execution::Kind::Cancelled : Execution::Kind::Dated, time};
}

Result<std::uint32_t> zcl_time(UtcTime time, const char* field) {
  if (time < kZclEpoch) return fail(ErrorCode::BadRequest, 0, field);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time - kZclEpoch).count();
  return static_cast<std::uint32_t>(std::min<std::int64_t>(seconds, kZclLast));
}

}  // namespace meterway::flow::transform
