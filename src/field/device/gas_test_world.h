#pragma once
#include "base/util/hex.h"
#include "base/wire/writer.h"
#include "field/device/test_world.h"
#include "standard/gbcs/zcl.h"

/// A gas meter (or its mirror) and what a supplier asks of it, by fields of ZCL commands.
namespace meterway::field::test {

namespace gbz = gbcs::gbz;
using Fields = std::vector<gbcs::zcl::Field>;

inline std::uint32_t zigbee(UtcTime time) { return gbz::ZigbeeTime::from(time).seconds; }

/// One part of a message; numbers of the payload are written by the caller.
inline gbz::Component part(std::uint16_t cluster, std::uint8_t control, std::uint8_t command, wire::Writer payload) {
  gbz::Component c;
  c.cluster = cluster;
  c.frame_control = control;
  c.command = command;
  c.payload = payload.take();
  return c;
}

class GasMeter {
 public:
  explicit GasMeter(Device unit = make_device(kGsme, DeviceType::GSME)) : device(std::move(unit)) {}

  /// What the meter answers, decrypted.
  std::vector<gbz::Component> ask(std::uint16_t code, std::vector<gbz::Component> parts, UtcTime at) {
    std::uint8_t sequence = 0;
    for (auto& p : parts) p.sequence = sequence++;
    const Order order{{code}, kSupplier, device.identity().eui, ++counter_, gbz::write_frames({std::move(parts)})};
    outcome = device.take(command(order), at);
    const auto message = answer(outcome);
    auto frames = gbz::read_frames(message.content);
    EXPECT_TRUE(frames);
    if (!frames) return {};
    for (auto& c : frames->components) {
      if (!c.encrypted_counter) continue;
      const auto key = gbcs::encryption_key(message.header, keys_of(kSupplier).agreement,
                                            keys_of(device.identity().eui).agreement.public_key());
      c.payload = gbcs::decrypt_attribute(*key, device.identity().eui, c.payload).value();
    }
    return frames->components;
  }

  /// The statuses of default responses; -1 for any other answer.
  std::vector<int> statuses(std::uint16_t code, std::vector<gbz::Component> parts, UtcTime at) {
    std::vector<int> out;
    for (const auto& c : ask(code, std::move(parts), at))
      out.push_back((c.frame_control & 1) == 0 && c.command == 0x0B ? c.payload.back() : -1);
    return out;
  }

  /// The value of an attribute by any use case that reads it.
  std::int64_t read(std::uint16_t code, std::uint16_t cluster, std::uint16_t attribute, UtcTime at) {
    const auto answers = ask(code, {part(cluster, 0, 0, wire::Writer().u16_le(attribute))}, at);
    const auto fields = fields_of(answers.at(0));
    const auto& item = fields.at(0).items.at(0);
    EXPECT_EQ(item.at(1).number, 0) << "status of the attribute";
    return item.size() > 2 ? item.at(2).number : -1;
  }

  static Fields fields_of(const gbz::Component& c) {
    auto fields = gbcs::zcl::read_fields(c.cluster, c.frame_control, c.command, c.payload);
    EXPECT_TRUE(fields) << "cluster " << c.cluster << " command " << int{c.command};
    return fields.value_or(Fields());
  }
  static std::int64_t number(const gbz::Component& c, std::string_view name) {
    const auto fields = fields_of(c);
    const auto* field = gbcs::zcl::find(fields, name);
    EXPECT_NE(field, nullptr) << name;
    return field == nullptr ? -1 : field->number;
  }

  Device device;
  Outcome outcome;

 private:
  std::uint64_t counter_ = 1000;
};

/// A calendar of one season with one week: day 1 from Monday to Friday, day 2 at the weekend.
inline std::vector<gbz::Component> calendar_parts(std::uint8_t type, std::uint32_t id, std::uint32_t start,
                                                  const std::vector<std::pair<int, int>>& workday,
                                                  const std::vector<std::pair<int, int>>& weekend) {
  const auto head = [&] { return wire::Writer().u32_le(0).u32_le(id).u32_le(id); };
  const auto day = [&](std::uint8_t day_id, const std::vector<std::pair<int, int>>& entries) {
    auto out = head().u8(day_id).u8(entries.size()).u8(0).u8(1).u8(type);
    for (const auto& [minute, value] : entries)
      out.u16_le(static_cast<std::uint64_t>(minute)).u8(static_cast<std::uint64_t>(value));
    return part(0x0707, 9, 1, out);
  };
  return {part(0x0707, 9, 0, head().u32_le(start).u8(type).u8(0).u8(0).u8(1).u8(1).u8(2)),
          day(1, workday),
          day(2, weekend),
          part(0x0707, 9, 2, head().u8(1).bytes({1, 1, 1, 1, 1, 2, 2})),
          part(0x0707, 9, 3, head().u8(0).u8(1).bytes({0xFF, 1, 1, 0xFF, 1})),
          part(0x0707, 9, 4, head().u32_le(start).u8(type).u8(0).u8(0).u8(1))};
}

/// Prices of four tiers (from 1) or blocks (from 0), 10^-5 GBP a kWh, with a standing charge a day.
inline std::vector<gbz::Component> price_parts(bool tiers, std::uint32_t start, std::array<std::uint32_t, 4> prices,
                                               std::uint32_t standing_charge = 0) {
  wire::Writer matrix;
  matrix.u32_le(0).u32_le(7).u32_le(start).u32_le(1).u8(0).u8(1).u8(tiers ? 1 : 0);
  for (std::uint8_t i = 0; i < 4; ++i) matrix.u8(tiers ? i + 1u : i).u32_le(prices[i]);
  return {part(0x0700, 9, 4,
               wire::Writer()
                   .u32_le(0)
                   .u32_le(7)
                   .u32_le(1)
                   .u32_le(start)
                   .u8(tiers ? 0x00 : 0x10)
                   .u8(0)
                   .u8(4)
                   .u8(0)
                   .u8(0)
                   .u16_le(826)
                   .u8(0x50)
                   .u32_le(standing_charge)
                   .u8(0xFF)
                   .u24_le(1)
                   .u24_le(1000)),
          part(0x0700, 9, 5, matrix)};
}

}  // namespace meterway::field::test
