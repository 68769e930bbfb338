#include <algorithm>

#include "base/wire/writer.h"
#include "field/device/behaviours.h"
#include "field/device/gbz_rules.h"

/// How a gas meter behaves when something happens, and what it has written down of it.
namespace meterway::field {
namespace {

struct GasEventRow {
  std::uint16_t event;
  std::uint8_t configuration;
};
constexpr GasEventRow kGasEvents[] = {
#include "field/device/gas_events.inc"
};

std::string event_key(std::int64_t event) { return gas_event_key(static_cast<std::uint16_t>(event)); }

bool is_known(std::int64_t event) {
  return std::any_of(std::begin(kGasEvents), std::end(kGasEvents),
                     [&](const GasEventRow& row) { return row.event == event; });
}

/// Applies to a list of events alone: control 0. Security events (8Fxx) are no rows: they cannot be configured.
bool known_events(const std::vector<gbcs::zcl::Field>& fields) {
  const auto* control = gbcs::zcl::find(fields, "control");
  return control != nullptr && control->number == 0 && std::all_of(fields.begin(), fields.end(), [](const auto& field) {
           return field.name != "events" || is_known(field.number);
         });
}

GbzAnswers set_events(const GbzCall& call) {
  for (const auto& field : call.fields) {
    if (field.name == "events") keep_number(call.state, event_key(field.number), call.number("configuration"));
  }
  return gbz_status(call, GbzStatus::Success);
}

/// One event, or with FF as the last byte all of the group that the first byte names.
GbzAnswers get_events(const GbzCall& call) {
  constexpr std::int64_t kWholeGroup = 0xFF;
  const auto wanted = call.number("event_id");
  wire::Writer out;
  out.u8(0).u8(1);  // command 0 of 1
  const auto before = out.size();
  for (const auto& row : kGasEvents) {
    const bool fits = (wanted & 0xFF) == kWholeGroup ? row.event >> 8 == wanted >> 8 : row.event == wanted;
    if (fits)
      out.u16_le(row.event).u8(
          static_cast<std::uint64_t>(kept_number(call.state, event_key(row.event)).value_or(row.configuration)));
  }
  return out.size() == before ? gbz_status(call, GbzStatus::NotFound) : gbz_answer(call, out.take());
}

constexpr GbzRuleRow kEventRules[] = {
    {"set_events", set_events, nullptr, known_events},
    {"get_events", get_events},
};

}  // namespace

std::span<const GbzRuleRow> gbz_event_rules() { return kEventRules; }

}  // namespace meterway::field
