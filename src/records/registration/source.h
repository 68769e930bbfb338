#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "standard/calendar/date.h"
#include "standard/ids/market.h"

namespace meterway::registration {

using calendar::Date;

/// A row of spec/registration_sources.tsv: one source of registration data, and how far it is believed on a day.
struct SourceRow {
  std::uint8_t code = 0;  ///< as the store keeps it
  std::string_view name;  ///< "rdp-electricity"
  bool electricity = false, gas = false;
  int register_precedence = 0, address_precedence = 0;  ///< the lowest first
  Date from, to;
  std::string_view how_sure;
  bool has(Fuel fuel) const { return fuel == Fuel::Gas ? gas : electricity; }
};
std::span<const SourceRow> all_sources();
/// As it is on that day (before the first row: as in the first); null when there is none of that code, or name.
const SourceRow* find_source(std::uint8_t code, Date on);
const SourceRow* find_source(std::string_view name, Date on);
/// "unknown" for a code without rows.
std::string_view name_of_source(std::uint8_t code);

}  // namespace meterway::registration
