#include <algorithm>

#include "base/util/hex.h"
#include "field/device/billing_alert.h"
#include "field/device/context.h"
#include "field/device/load_limit.h"
#include "field/device/logs.h"
#include "field/device/settings.h"

namespace meterway::field {
namespace {

using gbcs::dlms::Data;

constexpr gbcs::dlms::Obis kCalendar{0, 0, 13, 0, 0, 255};
constexpr gbcs::dlms::Obis kSpecialDays{0, 0, 11, 0, 0, 255};
constexpr gbcs::dlms::Obis kPrices{0, 0, 19, 20, 0, 255};
constexpr gbcs::dlms::Obis kSecondaryCalendar{0, 0, 13, 0, 1, 255};
constexpr gbcs::dlms::Obis kSecondarySpecialDays{0, 0, 11, 0, 1, 255};
constexpr gbcs::dlms::Obis kSecondaryPrices{0, 0, 19, 20, 5, 255};
constexpr std::uint64_t kSecondaryPart = 4;

}  // namespace

Data stored_value(DeviceType device, const DeviceState& state, const ObjectKey& key) {
  if (const auto it = state.stored.find(key.text()); it != state.stored.end()) {
    return gbcs::dlms::read_data(it->second).value_or(Data::null());
  }
  const ObjectRow* row = find_object(device, key, kRead);
  if (row == nullptr) row = find_object(device, key, kWrite);
  if (row == nullptr) return Data::null();
  return gbcs::dlms::read_data(*from_hex(row->value_hex)).value_or(Data::null());
}

Tariff tariff_of(const DeviceState& state) {
  const auto get = [&](std::uint16_t class_id, const gbcs::dlms::Obis& instance, std::uint8_t index) {
    return stored_value(DeviceType::ESME, state, {class_id, instance, index});
  };
  TariffSource source{get(20, kCalendar, 3),    get(20, kCalendar, 4), get(20, kCalendar, 5),
                      get(11, kSpecialDays, 2), get(113, kPrices, 5),  {}};
  for (std::uint8_t rate = 1; rate <= 8; ++rate) {
    source.thresholds.push_back(get(21, {0, 0, 16, 0, static_cast<std::uint8_t>(10 + rate), 255}, 2));
  }
  return read_tariff(source);
}

Tariff secondary_tariff_of(const DeviceState& state) {
  const auto get = [&](std::uint16_t class_id, const gbcs::dlms::Obis& instance, std::uint8_t index) {
    return stored_value(DeviceType::ESME, state, {class_id, instance, index});
  };
  return read_tariff({get(20, kSecondaryCalendar, 3),
                      get(20, kSecondaryCalendar, 4),
                      get(20, kSecondaryCalendar, 5),
                      get(11, kSecondarySpecialDays, 2),
                      get(113, kSecondaryPrices, 5),
                      {}});
}

namespace {

using std::chrono::minutes;

/// Minutes of the day at which the tariff switches between two half-hours.
std::vector<int> odd_switches(const Tariff& tariff) {
  std::vector<int> out;
  for (const auto& [id, switches] : tariff.days) {
    for (const auto& s : switches) {
      if (s.minute % LoadProfile::kSlot.count() != 0) out.push_back(s.minute);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// An ESME between two moments.
class Electricity {
 public:
  Electricity(const LoadProfile& profile, DeviceState& state, bool twin, std::vector<Told>* told)
      : profile_(profile),
        state_(state),
        twin_(twin),
        told_(told),
        tariff_(tariff_of(state)),
        secondary_(twin ? secondary_tariff_of(state) : Tariff()),
        odd_(odd_switches(tariff_)),
        limit_(read_load_limit(state)) {}

  void run(UtcTime until) {
    constexpr gbcs::dlms::Obis kBillingCalendar{0, 0, 15, 0, 0, 255};
    UtcTime at = state_.registers.read_at;
    if (state_.supply == Supply::On) on_since_ = at;
    const auto resets = block_resets(state_, at, until), bills = scheduled_moments(state_, kBillingCalendar, at, until);
    auto reset = resets.begin(), bill = bills.begin();
    const bool prepayment = prepays(state_);
    while (at < until) {
      end_limit(at);
      UtcTime next = std::min(next_boundary(at), until);
      if (state_.limit_restores) next = std::min(next, *state_.limit_restores);
      if (reset != resets.end()) next = std::min(next, *reset);
      if (bill != bills.end()) next = std::min(next, *bill);
      if (state_.supply == Supply::On)
        draw(at, next);
      else
        record_idle(state_, at, next);
      at = next;
      for (; bill != bills.end() && *bill <= at; ++bill) {
        record({DeviceType::ESME, twin_}, state_, "billing", *bill);
        tell_billing(DeviceType::ESME, state_, *bill, told_);
      }
      for (; reset != resets.end() && *reset <= at; ++reset) state_.registers.block_milli.fill(0);
      fall_due(at, prepayment);
    }
    end_limit(until);
    note_until(until);
    state_.registers.read_at = until;
  }

 private:
  void end_limit(UtcTime at) {
    if (!state_.limit_restores) return;
    told_here_.clear();
    restore_after_limit(state_, at, told_here_);
    if (state_.supply == Supply::On && !on_since_) on_since_ = at;
    pass_on();
  }

  void pass_on() {
    if (told_ != nullptr) told_->insert(told_->end(), told_here_.begin(), told_here_.end());
  }

  UtcTime next_boundary(UtcTime at) const {
    const auto since = at.time_since_epoch();
    UtcTime next(since - since % LoadProfile::kSlot + LoadProfile::kSlot);
    const UtcTime midnight = std::chrono::floor<std::chrono::days>(at);
    for (const int minute : odd_) {
      const UtcTime one = midnight + minutes(minute);
      if (one > at) return std::min(next, one);
    }
    return next;
  }

  void draw(UtcTime from, UtcTime to) {
    std::uint64_t milli = 0;
    profile_.integrate(from, to, [&](UtcTime, std::uint64_t part) { milli += part; });
    Registers& r = state_.registers;
    r.import_milli += milli;
    r.reactive_milli += milli / 5;
    if (twin_) {
      // The difference of two roundings of the running sum, so that parts add up.
      const std::uint64_t through = r.import_milli / kSecondaryPart - (r.import_milli - milli) / kSecondaryPart;
      const std::size_t index = secondary_.secondary_register_at(from);
      r.secondary_milli[index] += through;
      charge(through, secondary_.secondary_price(index));
      milli -= through;
    }
    const int selector = tariff_.selector_at(from);
    int block = 0;
    if (selector >= 101 && selector <= 108) {
      const auto rate = static_cast<std::size_t>(selector - 101);
      std::uint64_t consumed = 0;
      for (std::size_t b = 0; b < 4; ++b) consumed += r.block_milli[b * 8 + rate];
      block = tariff_.block_of(selector - 100, consumed / 1000);
      r.block_milli[static_cast<std::size_t>(block) * 8 + rate] += milli;
      r.block_total_milli[static_cast<std::size_t>(block) * 8 + rate] += milli;
    } else if (selector >= 1 && selector <= static_cast<int>(Registers::kTariffs)) {
      r.tariff_milli[static_cast<std::size_t>(selector) - 1] += milli;
    }
    charge(milli, tariff_.price(selector, block));
  }

  void charge(std::uint64_t milli, std::int64_t price) {
    Registers& r = state_.registers;
    // 10^-5 GBP a kWh is a millionth of that a milliwatt-hour.
    r.cost_remainder += milli * static_cast<std::uint64_t>(price > 0 ? price : 0);
    const auto cost = static_cast<std::int64_t>(r.cost_remainder / 1'000'000);
    r.cost_remainder %= 1'000'000;
    r.bill_to_date += cost;
    if (!state_.account.emergency_active) {  // what the account would do, without asking for its rules
      r.balance -= cost;
      return;
    }
    with_book([&](AccountBook& book) { book.consume(cost); });
  }

  template <class Work>
  void with_book(Work work) {
    const AccountRules rules = account_rules(DeviceType::ESME, state_);
    std::vector<AccountEvent> events;
    AccountBook book(rules, state_.account, state_.registers.balance, events);
    work(book);
    tell(events, now_, told_here_);
  }

  /// What an hour's or a day's end brings, and what the account makes of it.
  void fall_due(UtcTime at, bool prepayment) {
    const auto since = at.time_since_epoch();
    now_ = at;
    told_here_.clear();
    const bool hour = since % std::chrono::hours(1) == UtcTime::duration::zero();
    const bool day = since % std::chrono::days(1) == UtcTime::duration::zero();
    if (hour && prepayment) with_book([](AccountBook& book) { book.end_of_hour(); });
    if (day) {
      with_book([this](AccountBook& book) {
        book.end_of_day();
        state_.registers.bill_to_date += book.standing_charge();
      });
      record({DeviceType::ESME, twin_}, state_, "daily", at);
    }
    const bool half_hour = since % LoadProfile::kSlot == UtcTime::duration::zero();
    if (prepayment && half_hour) {
      const Supply before = state_.supply;
      settle_account(DeviceType::ESME, state_, at, told_here_);
      if (before == Supply::On && state_.supply != Supply::On) note_until(at);
      if (before != Supply::On && state_.supply == Supply::On) on_since_ = at;
    }
    if (state_.supply == Supply::On && half_hour) {
      watch_load_limit(limit_, profile_, state_, at, told_here_);
      if (state_.supply != Supply::On) note_until(at);
    }
    pass_on();
  }

  /// Demand of the half-hours since the switch was closed.
  void note_until(UtcTime until) {
    if (on_since_) {
      note_demand(profile_, state_, *on_since_, until);
    }
    on_since_.reset();
  }

  const LoadProfile& profile_;
  DeviceState& state_;
  bool twin_;
  std::vector<Told>* told_;
  Tariff tariff_, secondary_;
  std::vector<int> odd_;
  LoadLimit limit_;
  std::optional<UtcTime> on_since_;
  std::vector<Told> told_here_;
  UtcTime now_{};
};

}  // namespace

void meter(const LoadProfile& profile, DeviceType type, DeviceState& state, UtcTime now, bool twin,
           std::vector<Told>* told) {
  Registers& r = state.registers;
  if (now <= r.read_at) return;
  if (type == DeviceType::ESME) {
    Electricity(profile, state, twin, told).run(now);
  } else if (type == DeviceType::GSME) {
    meter_gas(profile, state, now, told);
  }
}

}  // namespace meterway::field
