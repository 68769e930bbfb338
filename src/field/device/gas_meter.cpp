#include <algorithm>

#include "field/device/context.h"
#include "field/device/gas_tariff.h"

namespace meterway::field {
namespace {

/// Meters of older versions counted no tiers: all that they had counted was of the first.
void bring_tiers_up(Registers& r) {
  const auto counted = [](const auto& some) {
    return std::any_of(some.begin(), some.end(), [](std::uint64_t milli) { return milli != 0; });
  };
  if (!counted(r.tariff_milli) && !counted(r.block_milli)) r.tariff_milli[0] = r.import_milli;
}

/// Nothing but consumption happens from `r.read_at` to `until`.
void flow(const LoadProfile& profile, const GasTariff& tariff, DeviceState& state, UtcTime until) {
  Registers& r = state.registers;
  if (state.supply == Supply::On) {
    profile.integrate(r.read_at, until, [&](UtcTime start, std::uint64_t milli) {
      const auto cost = tariff.use(r, start, milli);
      r.balance -= cost;
      r.bill_to_date += cost;
    });
  }
  r.read_at = until;
}

}  // namespace

void meter_gas(const LoadProfile& profile, DeviceState& state, UtcTime now) {
  Registers& r = state.registers;
  bring_tiers_up(r);
  const GasTariff tariff = read_gas_tariff(state);
  const GasPeriods block_periods = read_gas_periods(state, kGasBlockPeriod);
  while (r.read_at < now) {
    const UtcTime block_end = block_periods.next_end(r.read_at);
    const UtcTime until = std::min(now, block_end);
    flow(profile, tariff, state, until);
    if (until == block_end) std::fill_n(r.block_milli.begin(), GasTariff::kTiers, 0);
  }
}

}  // namespace meterway::field
