#include "base/wire/writer.h"
#include "field/device/faults.h"
#include "field/device/gbz_rules.h"

/// Reading attributes: what a meter measures, and what commands set.
namespace meterway::field {
namespace {

/// Supply status of ZigBee: 0 off, 1 off but armed, 2 on.
std::int64_t supply_status(Supply supply) { return supply == Supply::On ? 2 : supply == Supply::Armed ? 1 : 0; }

/// Which of a meter's registers a row means: 1 is the first.
std::size_t place_of(const AttributeRow& row) { return static_cast<std::size_t>(row.value.front() - '1'); }

struct SourceRow {
  std::string_view name;
  std::int64_t (*value)(const AttributeRow&, const DeviceState&);
};
constexpr SourceRow kSources[] = {
    {"volume", [](const AttributeRow&,
                  const DeviceState& s) { return static_cast<std::int64_t>(s.registers.import_milli / 1000); }},
    {"tier",
     [](const AttributeRow& row, const DeviceState& s) {
       return static_cast<std::int64_t>(s.registers.tariff_milli.at(place_of(row)) / 1000);
     }},
    {"block",
     [](const AttributeRow& row, const DeviceState& s) {
       return static_cast<std::int64_t>(s.registers.block_milli.at(place_of(row)) / 1000);
     }},
    {"emergency", [](const AttributeRow&, const DeviceState& s) { return s.account.emergency_left; }},
    {"accumulated_debt", [](const AttributeRow&, const DeviceState& s) { return s.account.accumulated_debt; }},
    {"debt",
     [](const AttributeRow& row, const DeviceState& s) {
       const std::int64_t debts[] = {s.account.time_debt[0], s.account.time_debt[1], s.account.payment_debt};
       return debts[place_of(row)];
     }},
    {"supply_status", [](const AttributeRow&, const DeviceState& s) { return supply_status(s.supply); }},
    {"balance", [](const AttributeRow&, const DeviceState& s) { return s.registers.balance; }},
    {"bill_to_date", [](const AttributeRow&, const DeviceState& s) { return s.registers.bill_to_date; }},
};

std::int64_t number_from(const AttributeRow& row, const DeviceState& state) {
  for (const auto& source : kSources) {
    if (source.name == row.source) return source.value(row, state);
  }
  return gas_number(state, row.cluster, row.attribute);
}

/// Of each: id:2 status:1, then type:1 and the value when the status is success.
GbzAnswers read(const GbzCall& call) {
  wire::Writer out;
  for (const auto& field : call.fields) {
    const auto id = static_cast<std::uint16_t>(field.number);
    const AttributeRow* row = find_attribute(call.device, call.request.cluster, id);
    auto status = static_cast<std::uint8_t>(row == nullptr ? GbzStatus::UnsupportedAttribute : GbzStatus::Success);
    if (const auto fault = fault_at(call.state, attribute_key(call.request.cluster, id))) status = fault;
    out.u16_le(id).u8(status);
    if (status != 0) continue;
    out.u8(row->type);
    if (const std::size_t size = zcl_size(row->type)) {
      out.number_le(static_cast<std::uint64_t>(number_from(*row, call.state)), size);
    } else {
      const Bytes text =
          row->source == "firmware" ? call.state.firmware : gas_text(call.state, row->cluster, row->attribute);
      out.u8(text.size()).bytes(text);
    }
  }
  return gbz_answer(call, out.take());
}

constexpr GbzRuleRow kAttributeRules[] = {{"read", read}};

}  // namespace

std::span<const GbzRuleRow> gbz_attribute_rules() { return kAttributeRules; }

}  // namespace meterway::field
