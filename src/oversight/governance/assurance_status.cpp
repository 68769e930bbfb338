#include "oversight/governance/assurance_status.h"

#include <algorithm>
#include <iterator>

namespace meterway::governance {
namespace {

constexpr calendar::Date day(int year, unsigned month, unsigned of_month) {
  return calendar::Date(
      std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(of_month)));
}
constexpr auto kBegin = day(2013, 9, 23), kMp112 = day(2020, 11, 29), kEnd = calendar::Date::max();

constexpr AssuranceStatus kStatuses[] = {
    {"security", "S1", "Approved", kBegin, kEnd, true},
    {"security", "S2", "Approved, subject to steps", kBegin, kEnd, true},
    {"security", "S3", "Deferred", kBegin, kEnd, false},
    {"security", "S4", "Rejected", kBegin, kEnd, false},
    {"privacy", "P1", "Approved", kBegin, kEnd, true},
    {"privacy", "P2", "Approved subject to", kBegin, kEnd, true},
    {"privacy", "P3", "Provisionally approved", kBegin, kMp112, false},
    {"privacy", "P3", "Deferred", kMp112, kEnd, false},
    {"privacy", "P4", "Deferred", kBegin, kMp112, false},
    {"privacy", "P4", "Rejected", kMp112, kEnd, false},
};

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
