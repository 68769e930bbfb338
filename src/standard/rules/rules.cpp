#include "standard/rules/rules.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace meterway::rules {
namespace {

constexpr Date day(int year, unsigned month, unsigned number) {
  return Date(
      std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(number)));
}

#include "standard/rules/dated_rules.inc"

constexpr std::string_view kCertainties[] = {"V", "S", "C", "unconfirmed"};
constexpr std::size_t kMostValueLength = 64;

std::span<const Rule> rows_of(std::string_view name) {
  const auto begin =
      std::find_if(std::begin(kRules), std::end(kRules), [&](const Rule& row) { return row.name == name; });
  const auto end = std::find_if(begin, std::end(kRules), [&](const Rule& row) { return row.name != name; });
  return {begin, end};
}

bool is_number(std::string_view text) {
  double out = 0;
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  return read.ec == std::errc() && read.ptr == end;
}

}  // namespace

std::string_view to_string(Certainty value) { return kCertainties[static_cast<std::size_t>(value)]; }
std::span<const Rule> all_rules() { return kRules; }

Result<std::int64_t> Ruling::integer() const {
  std::int64_t out = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), out);
  if (read.ec != std::errc() || read.ptr != value.data() + value.size()) return fail(ErrorCode::BadNumber, 0, "rule");
  return out;
}

Result<double> Ruling::number() const {
  double out = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), out);
  if (read.ec != std::errc() || read.ptr != value.data() + value.size()) return fail(ErrorCode::BadNumber, 0, "rule");
  return out;
}

std::string Ruling::explain(Date on) const {
  std::string out = std::string(row->name) + " = " + value + " " + std::string(row->unit) + " on " +
                    calendar::in_words(on) + ": " + (row->clause.empty() ? "no clause" : std::string(row->clause)) +
                    ", from " + calendar::in_words(row->from);
  if (row->to != Date::max()) out += " until " + calendar::in_words(row->to - std::chrono::days(1));
  out += ", " + std::string(to_string(row->how_sure)) + " (" + std::string(row->source) + ")";
  if (overridden) out += "; set by the operator in place of " + std::string(row->value);
  return out;
}

Result<void, std::string> Rules::set(std::string_view name, std::string_view value) {
  const auto rows = rows_of(name);
  const std::string begin = std::string(name) + ": ";
  if (rows.empty()) return Unexpected<std::string>{begin + "there is no such rule"};
  if (value.empty() || value.size() > kMostValueLength)
    return Unexpected<std::string>{begin + "expected a short value"};
  const bool open =
      std::any_of(rows.begin(), rows.end(), [](const Rule& row) { return row.how_sure == Certainty::Unconfirmed; });
  if (!open) return Unexpected<std::string>{begin + "is confirmed, and not to be set"};
  if (is_number(rows.front().value) && !is_number(value)) return Unexpected<std::string>{begin + "expected a number"};
  overrides_[std::string(name)] = std::string(value);
  return {};
}

Result<Ruling> Rules::on(std::string_view name, Date day) const {
  const auto rows = rows_of(name);
  if (rows.empty()) return fail(ErrorCode::NotFound, 0, "rule");
  for (const auto& row : rows) {
    if (day < row.from || day >= row.to) continue;
    const auto set = overrides_.find(name);
    const bool other = set != overrides_.end() && row.how_sure == Certainty::Unconfirmed;
    return Ruling{other ? set->second : std::string(row.value), &row, other};
  }
  return fail(ErrorCode::OutOfRange, 0, "rule: says nothing of that day");
}

}  // namespace meterway::rules
