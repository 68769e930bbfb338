#include "oversight/governance/assurance_status.h"

#include <algorithm>
#include <iterator>

namespace meterway::governance {
namespace {

using calendar::Date;

constexpr Date day(int year, unsigned month, unsigned of_month) {
  return Date(
      std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(of_month)));
}

#include "oversight/governance/assurance_statuses.inc"

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

template <class Wanted>
const AssuranceStatus* first(Wanted wanted) {
  const auto found = std::find_if(std::begin(kStatuses), std::end(kStatuses), wanted);
  return found == std::end(kStatuses) ? nullptr : &*found;
}

}  // namespace

std::span<const AssuranceStatus> all_assurance_statuses() { return kStatuses; }

const AssuranceStatus* read_status(std::string_view scheme, std::string_view name, calendar::Date on) {
  return first([&](const AssuranceStatus& row) {
    return row.scheme == scheme && same(row.name, name) && row.from <= on && on < row.to;
  });
}

const AssuranceStatus* name_on(std::string_view scheme, std::string_view code, calendar::Date on) {
  return first([&](const AssuranceStatus& row) {
    return row.scheme == scheme && row.code == code && row.from <= on && on < row.to;
  });
}

}  // namespace meterway::governance
