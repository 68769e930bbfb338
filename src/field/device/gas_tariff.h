#pragma once
#include <array>

#include "field/device/state.h"
#include "field/device/tariff.h"

namespace meterway::field {

/// What gas costs: the tariff that commands set on a gas meter.
///
/// Source:  GCS01a, GCS01b, GCS23 and their reads GCS21f, GCS21a. Time-of-use: four tiers, chosen by the switching
/// table.
///          Blocks: four, parted by three thresholds of a block period. Volumes become energy by conversion factor and
///          calorific value: kWh = m3 x factor x MJ/m3 / 3.6.
/// Units:   money 10^-5 GBP; volumes millilitres where not said.
struct GasTariff {
  static constexpr int kTiers = 4;
  bool blocks = false;     ///< block tariff, else time of use
  bool by_volume = false;  ///< prices are for a cubic metre, else for a kWh
  Tariff calendar;
  std::array<std::int64_t, kTiers> tier_prices{}, block_prices{};
  std::array<std::uint64_t, kTiers - 1> thresholds_milli{};  ///< 0: not set
  std::int64_t standing_charge = 0;                          ///< a day
  std::uint64_t conversion = 0;                              ///< 10^-5
  std::uint64_t calorific = 0;                               ///< 10^-1 MJ/m3

  /// 1..4.
  int tier_at(UtcTime time) const;
  /// 0..3: the block that the volume counted in this period has reached.
  int block_of(const Registers& registers) const;
  std::int64_t price_at(UtcTime time, const Registers& registers) const;

  /// Counts a volume that flowed from `start` on, in one tier or block, and gives what it costs.
  std::int64_t use(Registers& registers, UtcTime start, std::uint64_t milli) const;
};
GasTariff read_gas_tariff(const DeviceState& state);

/// Periods that follow each other from a start on: billing and block periods.
struct GasPeriods {
  UtcTime start{};
  std::int64_t count = 0;  ///< of units in one period; 0: there is none
  enum class Unit : std::uint8_t { Minutes = 0, Days = 1, Weeks = 2, Months = 3 } unit = Unit::Days;

  /// The first end of a period after `time`; the latest time there is when there is none.
  UtcTime next_end(UtcTime time) const;
};
/// Out of a payload of Publish Billing Period or Publish Block Period that was kept under this key.
GasPeriods read_gas_periods(const DeviceState& state, const std::string& key);
inline constexpr const char* kGasBillingPeriod = "0700/billing_period";
inline constexpr const char* kGasBlockPeriod = "0700/block_period";

}  // namespace meterway::field
