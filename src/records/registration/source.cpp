#include "records/registration/source.h"

namespace meterway::registration {
namespace {

constexpr Date day(int year, unsigned month, unsigned number) {
  return Date(
      std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(number)));
}

#include "records/registration/sources.inc"

template <class Fits>
const SourceRow* find(Date on, Fits fits) {
  const SourceRow* first = nullptr;
  for (const auto& row : kSources) {
    if (!fits(row)) continue;
    if (first == nullptr) first = &row;
    if (row.from <= on && on < row.to) return &row;
  }
  return first;
}

}  // namespace

std::span<const SourceRow> all_sources() { return kSources; }

const SourceRow* find_source(std::uint8_t code, Date on) {
  return find(on, [&](const SourceRow& row) { return row.code == code; });
}
const SourceRow* find_source(std::string_view name, Date on) {
  return find(on, [&](const SourceRow& row) { return row.name == name; });
}
std::string_view name_of_source(std::uint8_t code) {
  const auto* row = find_source(code, Date());
  return row == nullptr ? std::string_view("unknown") : row->name;
}

}  // namespace meterway::registration
