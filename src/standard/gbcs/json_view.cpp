#include "standard/gbcs/json_view.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/util/hex.h"

namespace meterway::gbcs {
namespace {

const Json kNothing;

}  // namespace

void JsonView::fail(ErrorCode code, const char* member) const {
  if (*status_) *status_ = meterway::fail(code, 0, member);
}

const Json* JsonView::find(const char* member) const {
  if (!json_->is_object()) return nullptr;
  const auto found = json_->find(member);
  return found != json_->end() ? &*found : nullptr;
}

bool JsonView::has(const char* member) const { return find(member) != nullptr; }

JsonView JsonView::at(const char* member) const {
  if (const auto* found = find(member)) return JsonView(*found, *status_);
  fail(ErrorCode::BadJson, member);
  return JsonView(kNothing, *status_);
}

JsonView JsonView::at(std::size_t index) const {
  if (json_->is_array() && index < json_->size()) return JsonView((*json_)[index], *status_);
  fail(ErrorCode::BadJson, "array");
  return JsonView(kNothing, *status_);
}

std::size_t JsonView::length() const { return json_->is_array() ? json_->size() : 0; }

std::size_t JsonView::size(const char* member) const {
  const auto* found = find(member);
  if (found == nullptr) return 0;
  if (!found->is_array()) fail(ErrorCode::BadJson, member);
  return found->is_array() ? found->size() : 0;
}

std::string JsonView::text(const char* member) const {
  const auto* found = find(member);
  if (found != nullptr && found->is_string()) return found->get<std::string>();
  fail(ErrorCode::BadJson, member);
  return {};
}

Bytes JsonView::hex(const char* member) const {
  auto bytes = from_hex(text(member));
  if (!bytes) fail(ErrorCode::BadHex, member);
  return bytes ? *std::move(bytes) : Bytes();
}

bool JsonView::flag(const char* member) const {
  const auto* found = find(member);
  if (found != nullptr && found->is_boolean()) return found->get<bool>();
  fail(ErrorCode::BadJson, member);
  return false;
}

std::int64_t JsonView::number(const char* member, std::int64_t least, std::int64_t most) const {
  const auto* found = find(member);
  if (found == nullptr || !found->is_number_integer()) {
    fail(ErrorCode::BadJson, member);
    return 0;
  }
  const bool too_large =
      found->is_number_unsigned() &&
      found->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto value = too_large ? 0 : found->get<std::int64_t>();
  if (!too_large && value >= least && value <= most) return value;
  fail(ErrorCode::OutOfRange, member);
  return 0;
}

std::uint64_t JsonView::hex_number(const char* member, std::size_t digits) const {
  const auto digits_text = text(member);
  std::uint64_t value = 0;
  const auto* end = digits_text.data() + digits_text.size();
  const auto [stop, error] = std::from_chars(digits_text.data(), end, value, 16);
  if (digits_text.size() == digits && error == std::errc{} && stop == end) return value;
  fail(ErrorCode::BadHex, member);
  return 0;
}

std::uint64_t JsonView::decimal(const char* member) const {
  const auto digits = text(member);
  std::uint64_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (!digits.empty() && error == std::errc{} && stop == end) return value;
  fail(ErrorCode::BadNumber, member);
  return 0;
}

Result<Json> parse_json(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    return fail(ErrorCode::BadJson, error.byte == 0 ? 0 : error.byte - 1, "json");
  } catch (const Json::exception&) {  // a number that no double holds, 5e67367
    return fail(ErrorCode::BadJson, 0, "json");
  }
}

}  // namespace meterway::gbcs
