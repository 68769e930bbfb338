#include <algorithm>

#include "base/wire/writer.h"
#include "field/device/gas_logs.h"
#include "field/device/gas_tariff.h"
#include "field/device/gbz_rules.h"

/// Commands that set, and those that bring back what was set as it came.
namespace meterway::field {
namespace {

using ZclFields = std::vector<gbcs::zcl::Field>;

constexpr std::uint16_t kPrice = 0x0700, kMetering = 0x0702;

std::int64_t number_in(const ZclFields& fields, std::string_view name) {
  const auto* field = gbcs::zcl::find(fields, name);
  return field == nullptr ? 0 : field->number;
}

GbzAnswers keep(const GbzCall& call) {
  keep_fields(call);
  return gbz_status(call, GbzStatus::Success);
}

/// What was counted under the tariff that ends is written down.
GbzAnswers tariff_information(const GbzCall& call) {
  keep_gas_snapshot(call.state, gas_snapshot(call.state, kGasTariffChange, call.now));
  return keep(call);
}

/// The whole payload, under the first key of the row.
GbzAnswers keep_payload(const GbzCall& call) {
  call.state.stored[kept_fields(call.row).front().first] = call.request.payload;
  return gbz_status(call, GbzStatus::Success);
}

GbzAnswers give(const GbzCall& call) {
  const auto kept = call.state.stored.find(kept_fields(call.row).front().first);
  if (kept == call.state.stored.end()) return gbz_status(call, GbzStatus::NotFound);
  return gbz_answer(call, kept->second);
}

bool of_tiers(const ZclFields& price_matrix) { return (number_in(price_matrix, "control") & 1) != 0; }

/// Prices of blocks (control 0, numbered from 0) or of tiers (control 1, numbered from 1), four of each.
bool known_prices(const ZclFields& fields) {
  constexpr std::int64_t kMost = 4;
  const auto* prices = gbcs::zcl::find(fields, "prices");
  return std::all_of(prices->items.begin(), prices->items.end(), [&](const auto& entry) {
    const auto which = entry.at(0).number - (of_tiers(fields) ? 1 : 0);
    return which >= 0 && which < kMost;
  });
}

GbzAnswers price_matrix(const GbzCall& call) {
  const bool tiers = of_tiers(call.fields);
  const auto* prices = gbcs::zcl::find(call.fields, "prices");
  for (const auto& entry : prices->items) {
    const auto which = entry.at(0).number - (tiers ? 1 : 0);
    const auto attribute = tiers ? 0x0410 + which * 0x10 : 0x0400 + which;
    keep_number(call.state, kPrice, static_cast<std::uint16_t>(attribute), entry.at(1).number);
  }
  return keep(call);
}

constexpr std::size_t kMostThresholds = 3;

std::vector<std::int64_t> thresholds_of(const ZclFields& fields) {
  std::vector<std::int64_t> thresholds;
  for (const auto& field : fields) {
    if (field.name == "thresholds") thresholds.push_back(field.number);
  }
  return thresholds;
}

/// At most three thresholds, ascending.
bool rising_thresholds(const ZclFields& fields) {
  const auto thresholds = thresholds_of(fields);
  return thresholds.size() <= kMostThresholds && std::is_sorted(thresholds.begin(), thresholds.end());
}

/// Those that are not named are not set.
GbzAnswers block_thresholds(const GbzCall& call) {
  auto thresholds = thresholds_of(call.fields);
  thresholds.resize(kMostThresholds);
  for (std::size_t i = 0; i < kMostThresholds; ++i)
    keep_number(call.state, kPrice, static_cast<std::uint16_t>(0x0100 + i), thresholds[i]);
  return keep(call);
}

/// What gas costs at the moment, until the switch that comes next, at the latest at midnight.
GbzAnswers get_price(const GbzCall& call) {
  const auto issued = kept_number(call.state, "0700/price_issued");
  if (!issued) return gbz_status(call, GbzStatus::NotFound);
  const GasTariff tariff = read_gas_tariff(call.state);
  const int tier = tariff.tier_at(call.now);
  const UtcTime midnight = std::chrono::floor<std::chrono::days>(call.now) + std::chrono::days(1);
  UtcTime until = std::chrono::floor<std::chrono::minutes>(call.now) + std::chrono::minutes(1);
  while (until < midnight && tariff.tier_at(until) == tier) until += std::chrono::minutes(1);
  const auto attribute = tariff.blocks ? 0x0400 + tariff.block_of(call.state.registers) : 0x0400 + 0x10 * tier;
  const auto digits = static_cast<unsigned>(gas_number(call.state, kPrice, 0x0617)) & 0xF0;
  const auto number = [&](std::uint16_t cluster, int id) {
    return static_cast<std::uint64_t>(gas_number(call.state, cluster, static_cast<std::uint16_t>(id)));
  };
  wire::Writer out;
  out.u32_le(0).u8(0).u32_le(static_cast<std::uint64_t>(*issued));
  out.u32_le(gbcs::gbz::ZigbeeTime::from(call.now).seconds);
  out.u8(number(kMetering, 0x0300)).u16_le(number(kPrice, 0x0616));
  // Of a block tariff no tier is on: 0 of 0.
  out.u8(digits | (tariff.blocks ? 0u : static_cast<unsigned>(tier)));
  out.u8(tariff.blocks ? 0u : 0x40u | static_cast<unsigned>(tier));
  out.u32_le(0);  // now
  out.u16_le(static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::minutes>(until - call.now).count()));
  out.u32_le(number(kPrice, attribute));
  return gbz_answer(call, out.take());
}

/// Off or armed, and at once; on is for the consumer at the meter.
bool off_or_armed(const ZclFields& fields) {
  return number_in(fields, "status") <= 1 && number_in(fields, "implementation") == 0;
}

GbzAnswers change_supply(const GbzCall& call) {
  const auto status = call.number("status");
  if (status == 1 && call.state.supply == Supply::On) return gbz_status(call, GbzStatus::Failure);
  call.state.supply = status == 0 ? Supply::Off : Supply::Armed;
  return gbz_answer(call, wire::Writer()
                              .u32_le(static_cast<std::uint64_t>(call.number("provider_id")))
                              .u32_le(static_cast<std::uint64_t>(call.number("issuer_event_id")))
                              .u32_le(0)
                              .u8(static_cast<std::uint64_t>(status))
                              .take());
}

constexpr GbzRuleRow kSettingRules[] = {
    {"keep", keep},
    {"keep_payload", keep_payload},
    {"give", give},
    {"get_price", get_price},
    {"tariff_information", tariff_information},
    {"price_matrix", price_matrix, nullptr, known_prices},
    {"block_thresholds", block_thresholds, nullptr, rising_thresholds},
    {"change_supply", change_supply, nullptr, off_or_armed},
};

}  // namespace

void keep_fields(const GbzCall& call) {
  for (const auto& [key, field] : kept_fields(call.row)) {
    const auto* value = gbcs::zcl::find(call.fields, field);
    if (value == nullptr) continue;
    if (value->type == gbcs::zcl::FieldType::String) {
      call.state.stored[key] = value->bytes;
    } else {
      keep_number(call.state, key, value->number);
    }
  }
}

std::span<const GbzRuleRow> gbz_setting_rules() { return kSettingRules; }

}  // namespace meterway::field
