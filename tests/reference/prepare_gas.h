#pragma once
#include "field/device/gbz_rules.h"
#include "tests/reference/prepare.h"

/// What the reference gas meter held where the command reads it and a command fills it: the answer says so.
namespace meterway::tests {

/// Attributes that are kept. Registers, supply and account have rows of their own.
inline void hold_attributes(const gbcs::gbz::Component& answer, const Bytes& payload, Prepared& device) {
  const auto fields = gbcs::zcl::read_fields(answer.cluster, answer.frame_control, answer.command, payload);
  if (!fields) return;
  for (const auto& item : fields->at(0).items) {
    const auto id = static_cast<std::uint16_t>(item.at(0).number);
    const auto* row = field::find_attribute(device.type, answer.cluster, id);
    if (row == nullptr || item.size() < 3 || (row->source != "stored" && row->source != "fixed")) continue;
    const auto& value = item.at(2);
    if (field::zcl_size(row->type) != 0) {
      field::keep_number(device.state, answer.cluster, id, value.number);
    } else {
      device.state.stored[field::attribute_key(answer.cluster, id)] = value.bytes;
    }
  }
}

/// What the answer publishes, as if it had been published to the meter.
inline void hold_published(gbcs::gbz::Component published, MessageCode code, std::int64_t& open_calendar,
                           Prepared& device) {
  published.frame_control = 0x09;
  const auto* row = field::find_gbz_command(DeviceType::GSME, code, published);
  const auto fields = gbcs::zcl::read_fields(published.cluster, 0x09, published.command, published.payload);
  const auto* rule = row == nullptr ? nullptr : field::find_gbz_rule(row->rule);
  if (rule == nullptr || !fields) return;
  rule->carry_out({*row, published, *fields, DeviceType::GSME, device.state, device.now, open_calendar});
  const auto* id = gbcs::zcl::find(*fields, "calendar_id");
  if (id != nullptr)
    device.state.stored["0707/" + std::to_string(open_calendar) + "/current"] =
        wire::Writer().u32_le(static_cast<std::uint64_t>(id->number)).take();
}

inline void hold_what_gas_answers(const gbcs::Message& answer, const pki::KeyStore& keys, Prepared& device) {
  std::int64_t open_calendar = 0;
  const auto frames = gbcs::gbz::read_frames(answer.content).value();
  for (auto component : frames.components) {
    if (component.encrypted_counter) {
      const auto key = gbcs::encryption_key(answer.header, keys);
      if (!key) continue;
      component.payload = gbcs::decrypt_attribute(*key, answer.header.originator, component.payload).value_or(Bytes());
    }
    const bool of_cluster = (component.frame_control & 1) != 0;
    if (!of_cluster && component.command == 0x01) hold_attributes(component, component.payload, device);
    if (of_cluster) hold_published(component, answer.header.code, open_calendar, device);
  }
}

}  // namespace meterway::tests
