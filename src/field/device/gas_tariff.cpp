#include "field/device/gas_tariff.h"

#include <algorithm>

#include "base/wire/reader.h"
#include "field/device/gbz_rules.h"

namespace meterway::field {
namespace {

constexpr std::uint16_t kPriceCluster = 0x0700;

/// A number with so many digits after the point (upper four bits of a trailing digit field) as one with `wanted`.
std::int64_t scaled(std::int64_t value, std::int64_t trailing_digit, int wanted) {
  int digits = static_cast<int>(trailing_digit >> 4 & 15);
  for (; digits < wanted; ++digits) value *= 10;
  for (; digits > wanted; --digits) value /= 10;
  return value;
}

std::int64_t price_number(const DeviceState& state, std::uint16_t attribute) {
  return gas_number(state, kPriceCluster, attribute);
}

}  // namespace

int GasTariff::tier_at(UtcTime time) const { return std::clamp(calendar.selector_at(time), 1, kTiers); }

int GasTariff::block_of(const Registers& r) const {
  std::uint64_t counted = 0;
  for (std::size_t i = 0; i < kTiers; ++i) counted += r.block_milli[i];
  return static_cast<int>(std::count_if(thresholds_milli.begin(), thresholds_milli.end(),
                                        [&](std::uint64_t t) { return t != 0 && t <= counted; }));
}

std::int64_t GasTariff::price_at(UtcTime time, const Registers& r) const {
  return blocks ? block_prices[static_cast<std::size_t>(block_of(r))]
                : tier_prices[static_cast<std::size_t>(tier_at(time) - 1)];
}

std::int64_t GasTariff::use(Registers& r, UtcTime start, std::uint64_t milli) const {
  const auto price = static_cast<std::uint64_t>(price_at(start, r));
  if (blocks) {
    r.block_milli[static_cast<std::size_t>(block_of(r))] += milli;
  } else {
    r.tariff_milli[static_cast<std::size_t>(tier_at(start) - 1)] += milli;
  }
  r.import_milli += milli;
  std::uint64_t milli_units = milli;  // of a litre: a millionth of a cubic metre
  if (!by_volume) {
    // ml x 10^-5 x 10^-1 MJ/m3 is 10^-12 MJ; 3.6 x 10^-6 MJ are a milliwatt-hour, a millionth of a kWh.
    constexpr std::uint64_t kPerMilliwattHour = 3'600'000;
    r.energy_remainder += milli * conversion * calorific;
    milli_units = r.energy_remainder / kPerMilliwattHour;
    r.energy_remainder %= kPerMilliwattHour;
  }
  constexpr std::uint64_t kMillion = 1'000'000;
  r.cost_remainder += milli_units * price;
  const auto cost = static_cast<std::int64_t>(r.cost_remainder / kMillion);
  r.cost_remainder %= kMillion;
  return cost;
}

GasTariff read_gas_tariff(const DeviceState& state) {
  // Ours: so that products of one half-hour stay within 64 bits. Ten times and a thousand MJ/m3 are beyond any gas.
  constexpr std::int64_t kMostConversion = 1'000'000, kMostCalorific = 10'000;
  constexpr std::int64_t kMostPrice = 0xFFFFFFFF;
  GasTariff out;
  const auto digits = price_number(state, 0x0617);
  const auto price = [&](int attribute) {
    return std::clamp<std::int64_t>(scaled(price_number(state, static_cast<std::uint16_t>(attribute)), digits, 5), 0,
                                    kMostPrice);
  };
  out.blocks = kept_number(state, "0700/tariff_type").value_or(0) >> 4 == 1;
  out.by_volume = price_number(state, 0x0615) == 1;
  out.calendar = read_gas_calendar(state, GasCalendar::Switching);
  out.standing_charge = price(0x0301);
  for (int i = 0; i < GasTariff::kTiers; ++i) {
    out.tier_prices[static_cast<std::size_t>(i)] = price(0x0410 + i * 0x10);
    out.block_prices[static_cast<std::size_t>(i)] = price(0x0400 + i);
  }
  // A threshold of 1 is multiplier/divisor cubic metres.
  const auto multiplier = static_cast<std::uint64_t>(price_number(state, 0x0202));
  const auto divisor = static_cast<std::uint64_t>(std::max<std::int64_t>(price_number(state, 0x0203), 1));
  for (std::size_t i = 0; i < out.thresholds_milli.size(); ++i) {
    const auto units = static_cast<std::uint64_t>(price_number(state, static_cast<std::uint16_t>(0x0100 + i)));
    out.thresholds_milli[i] =
        std::min<std::uint64_t>(units, 1'000'000'000'000 / std::max<std::uint64_t>(multiplier, 1)) * multiplier *
        1'000'000 / divisor;
  }
  out.conversion = static_cast<std::uint64_t>(std::clamp<std::int64_t>(
      scaled(price_number(state, 0x0302), price_number(state, 0x0303), 5), 0, kMostConversion));
  out.calorific = static_cast<std::uint64_t>(
      std::clamp<std::int64_t>(scaled(price_number(state, 0x0304), price_number(state, 0x0306), 1), 0, kMostCalorific));
  return out;
}

UtcTime GasPeriods::next_end(UtcTime time) const {
  if (count <= 0) return UtcTime::max();
  if (time < start) return start;
  if (unit != Unit::Months) {
    const std::chrono::minutes one = unit == Unit::Minutes ? std::chrono::minutes(1)
                                     : unit == Unit::Days  ? std::chrono::minutes(1440)
                                                           : std::chrono::minutes(7 * 1440);
    const auto length = one * count;
    return start + length * ((time - start) / length + 1);
  }
  const auto day = std::chrono::floor<std::chrono::days>(start);
  const std::chrono::year_month_day first(day);
  const auto end_of = [&](std::int64_t periods) {
    auto date = first + std::chrono::months(periods * count);
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;  // the 31st of a month that has 30 days
    return UtcTime(std::chrono::sys_days(date)) + (start - day);
  };
  const std::chrono::year_month_day now(std::chrono::floor<std::chrono::days>(time));
  std::int64_t periods =
      ((int(now.year()) - int(first.year())) * 12LL + int(unsigned(now.month())) - int(unsigned(first.month()))) /
      count;
  while (end_of(periods) <= time) ++periods;
  return end_of(periods);
}

GasPeriods read_gas_periods(const DeviceState& state, const std::string& key) {
  const auto kept = state.stored.find(key);
  if (kept == state.stored.end()) return {};
  const bool billing = key == kGasBillingPeriod;
  const auto fields = gbcs::zcl::read_fields(kPriceCluster, 0x09, billing ? 0x09 : 0x01, kept->second);
  if (!fields) return {};
  const auto number = [&](std::string_view name) { return gbcs::zcl::find(*fields, name)->number; };
  constexpr std::int64_t kForEver = 0xFFFFFF, kMostMonths = 1200;
  GasPeriods out{gbcs::gbz::ZigbeeTime{static_cast<std::uint32_t>(number("start"))}.utc(), number("duration"),
                 static_cast<GasPeriods::Unit>(number("duration_type") & 3)};
  if (out.count == kForEver || (out.unit == GasPeriods::Unit::Months && out.count > kMostMonths)) out.count = 0;
  return out;
}

}  // namespace meterway::field
