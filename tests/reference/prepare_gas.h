#pragma once
#include "field/device/gas_logs.h"
#include "field/device/gbz_rules.h"
#include "field/device/logs.h"
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
  std::vector<field::Told> told;
  rule->carry_out({*row, published, *fields, DeviceType::GSME, device.state, device.now, open_calendar, told});
  const auto* id = gbcs::zcl::find(*fields, "calendar_id");
  if (id != nullptr)
    device.state.stored["0707/" + std::to_string(open_calendar) + "/current"] =
        wire::Writer().u32_le(static_cast<std::uint64_t>(id->number)).take();
}

/// Entries of logs. A snapshot of registers and one of the account at the same time are one.
class HeldLogs {
 public:
  void hold(const gbcs::gbz::Component& c, Prepared& device) {
    const auto fields = gbcs::zcl::read_fields(c.cluster, c.frame_control, c.command, c.payload);
    if (!fields || (c.frame_control & 8) == 0) return;
    const auto number = [&](std::string_view name) { return gbcs::zcl::find(*fields, name)->number; };
    const auto time = [](const gbcs::zcl::Field& f) {
      return gbcs::gbz::ZigbeeTime{static_cast<std::uint32_t>(f.number)}.utc();
    };
    const auto group = [&]() -> const auto& { return fields->back().items; };
    if (c.cluster == 0x0702 && c.command == 0x07)
      hold_samples(*fields, time(*gbcs::zcl::find(*fields, "start")), device);
    if (c.cluster == 0x0702 && c.command == 0x06) {
      auto& s = snapshots_[number("time")];
      s.cause = static_cast<std::uint32_t>(number("cause"));
      s.total = static_cast<std::uint64_t>(number("current_summation"));
      std::size_t tier = 0, block = 0;
      for (const auto& f : *fields) {
        if (f.name == "tier_summations") s.tiers.at(tier++) = static_cast<std::uint64_t>(f.number);
        if (f.name == "block_summations") s.blocks.at(block++) = static_cast<std::uint64_t>(f.number);
      }
    } else if (c.cluster == 0x0705 && c.command == 0x01) {
      auto& s = snapshots_[number("time")];
      s.cause = static_cast<std::uint32_t>(number("cause"));
      s.accumulated_debt = number("accumulated_debt");
      s.time_debt_1 = number("time_debt_1");
      s.time_debt_2 = number("time_debt_2");
      s.payment_debt = number("payment_debt");
      s.emergency = number("emergency_credit");
      s.balance = number("meter_balance");
    } else if (c.cluster == 0x0705 && c.command == 0x05) {
      for (auto item = group().rbegin(); item != group().rend(); ++item)
        field::keep_gas_top_up(device.state, {time(item->at(2)), item->at(1).number, item->at(0).bytes});
    } else if (c.cluster == 0x0705 && c.command == 0x06) {
      for (const auto& item : group())
        field::keep_gas_debt_payment(device.state, {time(item.at(0)), item.at(1).number, item.at(3).number});
    } else if (c.cluster == 0x0709 && c.command == 0x01) {
      for (const auto& item : group())
        field::record({device.type}, device.state, item.at(0).number == 3 ? "event" : "security", time(item.at(2)),
                      {{"code", item.at(1).number}}, item.at(3).bytes);
    }
  }
  /// What flowed in the periods that end at `end` and after it: each sample is a period's litres.
  static void hold_samples(const std::vector<gbcs::zcl::Field>& fields, UtcTime end, Prepared& device) {
    constexpr std::int64_t kLongerThanItCanSay = 0xFFFF;
    const auto told = gbcs::zcl::find(fields, "interval_seconds")->number;
    const auto period = std::chrono::seconds(told == kLongerThanItCanSay ? 86400 : told);
    for (const auto& f : fields) {
      if (f.name != "samples") continue;
      device.drawn.push_back({end - period, end, static_cast<std::uint64_t>(f.number) * 1000});
      end += period;
    }
  }
  void keep(Prepared& device) {
    for (auto& [seconds, s] : snapshots_) {
      s.at = gbcs::gbz::ZigbeeTime{static_cast<std::uint32_t>(seconds)}.utc();
      field::keep_gas_snapshot(device.state, s);
    }
  }

 private:
  std::map<std::int64_t, field::GasSnapshot> snapshots_;
};

inline void hold_what_gas_answers(const gbcs::Message& answer, const pki::KeyStore& keys, Prepared& device) {
  std::int64_t open_calendar = 0;
  HeldLogs logs;
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
    if (of_cluster) logs.hold(component, device);
  }
  logs.keep(device);
}

}  // namespace meterway::tests
