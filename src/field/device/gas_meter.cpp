#include <algorithm>

#include "field/device/billing_alert.h"
#include "field/device/context.h"
#include "field/device/gas_account.h"
#include "field/device/gas_logs.h"
#include "field/device/logs.h"

namespace meterway::field {
namespace {

using std::chrono::days;
using std::chrono::hours;

/// Meters of older versions counted no tiers: all that they had counted was of the first.
void bring_tiers_up(Registers& r) {
  const auto counted = [](const auto& some) {
    return std::any_of(some.begin(), some.end(), [](std::uint64_t milli) { return milli != 0; });
  };
  if (!counted(r.tariff_milli) && !counted(r.block_milli)) r.tariff_milli[0] = r.import_milli;
}

/// A gas meter between two moments, in steps: half-hours, and the ends of block and billing periods.
class Gas {
 public:
  Gas(const LoadProfile& profile, DeviceState& state, std::vector<Told>* told)
      : profile_(profile),
        state_(state),
        told_(told),
        tariff_(read_gas_tariff(state)),
        rules_(gas_account_rules(state, tariff_.standing_charge)),
        blocks_(read_gas_periods(state, kGasBlockPeriod)),
        bills_(read_gas_periods(state, kGasBillingPeriod)) {}

  void run(UtcTime now) {
    UtcTime& at = state_.registers.read_at;
    while (at < now) {
      const UtcTime slot = std::chrono::floor<std::chrono::minutes>(at);
      const UtcTime next = slot - slot.time_since_epoch() % LoadProfile::kSlot + LoadProfile::kSlot;
      const UtcTime block_end = blocks_.next_end(at), bill_end = bills_.next_end(at);
      const UtcTime until = std::min({now, next, block_end, bill_end});
      flow(until);
      at = until;
      if (until == bill_end) {
        keep_gas_snapshot(state_, gas_snapshot(state_, kGasBillingEnd, until));
        tell_billing(DeviceType::GSME, state_, until, told_);
      }
      if (until == block_end) std::fill_n(state_.registers.block_milli.begin(), GasTariff::kTiers, 0);
      if (until == next) fall_due(until);
    }
  }

 private:
  /// Nothing but consumption happens until then.
  void flow(UtcTime until) {
    Registers& r = state_.registers;
    if (state_.supply != Supply::On) return record_idle(state_, r.read_at, until);
    profile_.integrate(r.read_at, until, [&](UtcTime start, std::uint64_t milli) {
      const auto cost = tariff_.use(r, start, milli);
      r.bill_to_date += cost;
      book().consume(cost);
    });
  }

  /// At the end of a half-hour. Ours: a day ends at midnight UTC.
  void fall_due(UtcTime at) {
    const auto since = at.time_since_epoch();
    if (since % hours(1) == UtcTime::duration::zero()) book().end_of_hour();
    if (since % days(1) == UtcTime::duration::zero()) {
      book().end_of_day();
      state_.registers.bill_to_date += rules_.standing_charge;
      keep_gas_snapshot(state_, gas_snapshot(state_, kGasDaily, at));
    }
    std::vector<Told> here;
    tell(events_, at, here);
    events_.clear();
    settle_gas(rules_, state_, at, here);
    if (told_ != nullptr) told_->insert(told_->end(), here.begin(), here.end());
  }

  AccountBook book() { return AccountBook(rules_, state_.account, state_.registers.balance, events_); }

  const LoadProfile& profile_;
  DeviceState& state_;
  std::vector<Told>* told_;
  GasTariff tariff_;
  AccountRules rules_;
  GasPeriods blocks_, bills_;
  std::vector<AccountEvent> events_;
};

}  // namespace

void meter_gas(const LoadProfile& profile, DeviceState& state, UtcTime now, std::vector<Told>* told) {
  bring_tiers_up(state.registers);
  Gas(profile, state, told).run(now);
}

}  // namespace meterway::field
