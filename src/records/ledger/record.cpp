#include "records/ledger/record.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace meterway::ledger {
namespace {

constexpr std::int64_t kMicro = 1'000'000;
constexpr std::size_t kMostWhole = 12, kPlaces = 6;

}  // namespace

const std::string& Record::text(std::string_view field) const {
  static const std::string kEmpty;
  const auto found = fields.find(field);
  return found == fields.end() || found->second.empty() ? kEmpty : found->second.front();
}

const Value& Record::list(std::string_view field) const {
  static const Value kEmpty;
  const auto found = fields.find(field);
  return found == fields.end() ? kEmpty : found->second;
}

std::optional<std::int64_t> Record::integer(std::string_view field) const {
  const auto& value = text(field);
  std::int64_t out = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), out);
  if (value.empty() || read.ec != std::errc()) return std::nullopt;
  return out;
}

std::optional<double> Record::number(std::string_view field) const {
  const auto micro = micro_units(text(field));
  if (!micro) return std::nullopt;
  return static_cast<double>(*micro) / static_cast<double>(kMicro);
}

std::optional<Date> Record::date(std::string_view field) const {
  const auto read = calendar::parse_date(text(field));
  return read ? std::optional(*read) : std::nullopt;
}

std::optional<UtcTime> Record::instant(std::string_view field) const {
  const auto& value = text(field);
  if (value.empty()) return std::nullopt;
  const auto read = from_iso8601(value);
  return read ? std::optional(*read) : std::nullopt;
}

std::optional<bool> Record::boolean(std::string_view field) const {
  const auto& value = text(field);
  return value.empty() ? std::nullopt : std::optional(value == "true");
}

void Record::set(std::string_view field, std::string value) { set(field, Value{std::move(value)}); }
void Record::set(std::string_view field, Value value) {
  if (value.empty()) {
    if (const auto found = fields.find(field); found != fields.end()) fields.erase(found);
    return;
  }
  fields.insert_or_assign(std::string(field), std::move(value));
}

Seen seen_of(const Record& record) { return {record.level, record.list("audience")}; }

bool may_see(const Person& person, const Seen& seen) {
  if (seen.level == Classification::White) return true;
  if (!person.active || person.clearance < seen.level) return false;
  if (seen.level == Classification::Green || seen.audience.empty() || person.has_role("operator")) return true;
  return std::any_of(seen.audience.begin(), seen.audience.end(), [&](const std::string& name) {
    return name == person.id || (!person.party.empty() && name == person.party) || person.has_role(name);
  });
}

bool is_named(const Person& person, std::string_view who, bool owns) {
  if (person.has_role("operator")) return true;
  const auto words = parts(who);
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    if (word == "anyone") return !person.has_role("public");
    return (word == "owner" && owns) || person.has_role(word);
  });
}

Result<std::int64_t> micro_units(std::string_view decimal) {
  const bool negative = !decimal.empty() && decimal.front() == '-';
  if (negative) decimal.remove_prefix(1);
  const auto point = decimal.find('.');
  const auto whole = decimal.substr(0, point);
  const auto places = point == std::string_view::npos ? std::string_view() : decimal.substr(point + 1);
  const auto digits = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole.empty() || whole.size() > kMostWhole || places.size() > kPlaces || !digits(whole) || !digits(places) ||
      (point != std::string_view::npos && places.empty()))
    return fail(ErrorCode::BadNumber, 0, "decimal");
  std::int64_t out = 0;
  for (const char c : whole) out = out * 10 + (c - '0');
  for (std::size_t i = 0; i < kPlaces; ++i) out = out * 10 + (i < places.size() ? places[i] - '0' : 0);
  return negative ? -out : out;
}

std::string decimal_of(std::int64_t micro) {
  const auto size = micro < 0 ? -micro : micro;
  std::string out = (micro < 0 ? "-" : "") + std::to_string(size / kMicro);
  if (size % kMicro == 0) return out;
  auto places = std::to_string(kMicro + size % kMicro).substr(1);
  while (places.back() == '0') places.pop_back();
  return out + "." + places;
}

}  // namespace meterway::ledger
