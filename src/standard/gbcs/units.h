#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace meterway::gbcs {

/// What a number counts. A unit of the tables may be finer than the one people read: Wh are shown as kWh, millipence
/// (hundred-thousandths of a pound) as pence; Volume is
/// thousandths of m3 unless the message gives a divisor. Scaled, ScaledPrice and Price say that the message itself
/// holds the scale beside the value; Events80 and Events81 are the high byte of the codes of an event map.
enum class Unit : std::uint8_t {
  None,
  WattHours,
  VarHours,
  VoltAmpereHours,
  Watts,
  Vars,
  VoltAmperes,
  Volts,
  Amperes,
  Seconds,
  Minutes,
  Days,
  Millipence,
  Pounds,
  CubicMetres,
  Volume,
  TenthsSecond,
  Percent,
  DecibelMilliwatts,
  HundredthsPercent,
  Scaled,
  ScaledPrice,
  Price,
  Events80,
  Events81,
};

/// "kWh", "pence", "m3", "%"; empty where the number has no unit.
std::string_view unit_text(Unit unit);
/// The power of ten between the number and the unit that unit_text names: -3 for WattHours and Millipence.
int unit_exponent(Unit unit);
/// The number times ten to the power, exactly: decimal(1250, -3) is "1.250", decimal(5, 2) "500".
std::string decimal(std::int64_t number, int exponent);

}  // namespace meterway::gbcs
