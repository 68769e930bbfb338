#include "base/util/hex.h"
#include "field/device/context.h"
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

void meter(const LoadProfile& profile, DeviceType type, DeviceState& state, UtcTime now, bool twin) {
  Registers& r = state.registers;
  if (now <= r.read_at || (type != DeviceType::ESME && type != DeviceType::GSME)) return;
  if (state.supply == Supply::On && type == DeviceType::ESME) {
    const Tariff tariff = tariff_of(state);
    const Tariff secondary = twin ? secondary_tariff_of(state) : Tariff();
    note_demand(profile, state, r.read_at, now);
    note_load_limit(profile, state, r.read_at, now);
    const auto resets = block_resets(state, r.read_at, now);
    auto reset = resets.begin();
    const auto begin_anew = [&](UtcTime until) {
      for (; reset != resets.end() && *reset <= until; ++reset) r.block_milli.fill(0);
    };
    const auto charge = [&](std::uint64_t milli, std::int64_t price) {
      // 10^-5 GBP a kWh is a millionth of that a milliwatt-hour.
      r.cost_remainder += milli * static_cast<std::uint64_t>(price > 0 ? price : 0);
      const auto cost = static_cast<std::int64_t>(r.cost_remainder / 1'000'000);
      r.cost_remainder %= 1'000'000;
      r.balance -= cost;
      r.bill_to_date += cost;
    };
    profile.integrate(r.read_at, now, [&](UtcTime start, std::uint64_t milli) {
      begin_anew(start);
      r.import_milli += milli;
      r.reactive_milli += milli / 5;
      if (twin) {
        // The difference of two roundings of the running sum, so that parts add up.
        const std::uint64_t through = r.import_milli / kSecondaryPart - (r.import_milli - milli) / kSecondaryPart;
        const std::size_t index = secondary.secondary_register_at(start);
        r.secondary_milli[index] += through;
        charge(through, secondary.secondary_price(index));
        milli -= through;
      }
      const int selector = tariff.selector_at(start);
      int block = 0;
      if (selector >= 101 && selector <= 108) {
        const auto rate = static_cast<std::size_t>(selector - 101);
        std::uint64_t consumed = 0;
        for (std::size_t b = 0; b < 4; ++b) consumed += r.block_milli[b * 8 + rate];
        block = tariff.block_of(selector - 100, consumed / 1000);
        r.block_milli[static_cast<std::size_t>(block) * 8 + rate] += milli;
      } else if (selector >= 1 && selector <= static_cast<int>(Registers::kTariffs)) {
        r.tariff_milli[static_cast<std::size_t>(selector) - 1] += milli;
      }
      charge(milli, tariff.price(selector, block));
    });
    begin_anew(now);
  } else if (type == DeviceType::GSME) {
    meter_gas(profile, state, now);
  } else {
    record_idle(state, r.read_at, now);
  }
  r.read_at = now;
}

}  // namespace meterway::field
