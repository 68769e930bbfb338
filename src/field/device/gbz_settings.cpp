#include <algorithm>

#include "base/wire/writer.h"
#include "field/device/gas_logs.h"
#include "field/device/gas_tariff.h"
#include "field/device/gbz_rules.h"

/// Commands that set, and those that bring back what was set as it came.
namespace meterway::field {
namespace {

constexpr std::uint16_t kPrice = 0x0700, kMetering = 0x0702;

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

/// Prices of blocks (control 0, numbered from 0) or of tiers (control 1, numbered from 1), four of each.
GbzAnswers price_matrix(const GbzCall& call) {
  constexpr std::int64_t kMost = 4;
  const bool tiers = (call.number("control") & 1) != 0;
  const auto* prices = gbcs::zcl::find(call.fields, "prices");
  for (const auto& entry : prices->items) {
    const auto which = entry.at(0).number - (tiers ? 1 : 0);
    if (which < 0 || which >= kMost) return gbz_status(call, GbzStatus::InvalidField);
  }
  for (const auto& entry : prices->items) {
    const auto which = entry.at(0).number - (tiers ? 1 : 0);
    const auto attribute = tiers ? 0x0410 + which * 0x10 : 0x0400 + which;
    keep_number(call.state, kPrice, static_cast<std::uint16_t>(attribute), entry.at(1).number);
  }
  return keep(call);
}

/// At most three thresholds, ascending; those that are not named are not set.
GbzAnswers block_thresholds(const GbzCall& call) {
  constexpr std::size_t kMost = 3;
  std::vector<std::int64_t> thresholds;
  for (const auto& field : call.fields) {
    if (field.name == "thresholds") thresholds.push_back(field.number);
  }
  if (thresholds.size() > kMost || !std::is_sorted(thresholds.begin(), thresholds.end()))
    return gbz_status(call, GbzStatus::InvalidField);
  thresholds.resize(kMost);
  for (std::size_t i = 0; i < kMost; ++i)
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

/// Off or armed; on is for the consumer at the meter.
GbzAnswers change_supply(const GbzCall& call) {
  const auto status = call.number("status");
  if (status > 1 || call.number("implementation") != 0) return gbz_status(call, GbzStatus::InvalidField);
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
    {"price_matrix", price_matrix},
    {"block_thresholds", block_thresholds},
    {"change_supply", change_supply},
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
