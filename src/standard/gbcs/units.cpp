#include "standard/gbcs/units.h"

namespace meterway::gbcs {
namespace {

struct UnitRow {
  std::string_view text;
  int exponent;
};
/// In the order of the enumeration.
constexpr UnitRow kUnits[] = {
    {"", 0},      {"kWh", -3}, {"kvarh", -3}, {"kVAh", -3}, {"W", 0},    {"var", 0},    {"VA", 0},
    {"V", 0},     {"A", 0},    {"s", 0},      {"min", 0},   {"days", 0}, {"pence", -3},  // Millipence
    {"pence", 2}, {"m3", 0},   {"m3", -3},                                               // Pounds, CubicMetres, Volume
    {"s", -1},    {"%", 0},    {"dBm", 0},    {"%", -2},  // TenthsSecond, Percent, DecibelMilliwatts, HundredthsPercent
    {"", 0},      {"", 0},     {"pence", 0},  {"", 0},      {"", 0},
};
static_assert(std::size(kUnits) == static_cast<std::size_t>(Unit::Events81) + 1);

const UnitRow& row_of(Unit unit) { return kUnits[static_cast<std::size_t>(unit)]; }

}  // namespace

std::string_view unit_text(Unit unit) { return row_of(unit).text; }

int unit_exponent(Unit unit) { return row_of(unit).exponent; }

std::string decimal(std::int64_t number, int exponent) {
  auto digits =
      std::to_string(number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number));
  if (exponent > 0) digits.append(number == 0 ? 0 : static_cast<std::size_t>(exponent), '0');
  if (exponent < 0) {
    const auto places = static_cast<std::size_t>(-exponent);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, 1, '.');
  }
  return (number < 0 ? "-" : "") + digits;
}

}  // namespace meterway::gbcs
