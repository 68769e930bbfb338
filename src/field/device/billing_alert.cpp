#include "field/device/billing_alert.h"

#include "base/wire/writer.h"
#include "standard/gbcs/gbz.h"

namespace meterway::field {
namespace {

namespace dlms = gbcs::dlms;
using dlms::Data;
using dlms::Type;
using dlms::TypeDescription;

constexpr std::uint64_t kMilli = 1000;
constexpr std::size_t kTiers = 4, kRates = 8;
constexpr std::uint16_t kMetering = 0x0702;
constexpr std::uint8_t kServerCommand = 0x19, kPublishSnapshot = 0x06;
constexpr std::uint32_t kEndOfBilling = 0x02;  ///< cause of a snapshot: the billing period has ended
constexpr std::uint8_t kBlockTierSummation = 0x06;

Data u32(std::uint64_t value) { return Data::of(Type::Uint32, static_cast<std::int64_t>(value & 0xFFFFFFFF)); }

template <class Registers>
Data readings_of(const Registers& milli) {
  std::vector<Data> out;
  for (const auto one : milli) out.push_back(u32(one / kMilli));
  return Data::array(std::move(out));
}

TypeDescription array_of(std::uint16_t count) { return {Type::Array, count, {{Type::Uint32, 0, {}}}}; }

Bytes electricity(const Registers& registers, UtcTime now) {
  std::vector<Data> entry{u32(gbcs::gbz::ZigbeeTime::from(now).seconds), u32(registers.import_milli / kMilli),
                          readings_of(registers.tariff_milli)};
  TypeDescription shape{Type::Structure, 0, {{Type::Uint32, 0, {}}, {Type::Uint32, 0, {}}}};
  shape.members.push_back(array_of(Registers::kTariffs));
  for (std::size_t block = 0; block < Registers::kBlocks; block += kRates) {
    entry.push_back(readings_of(std::span(registers.block_total_milli).subspan(block, kRates)));
    shape.members.push_back(array_of(kRates));
  }
  Data entries;
  entries.type = Type::CompactArray;
  entries.shape = {std::move(shape)};
  entries.items = {Data::structure(std::move(entry))};
  return dlms::write_data(Data::structure({std::move(entries)}));
}

Bytes gas(const Registers& registers, UtcTime now) {
  const auto time = gbcs::gbz::ZigbeeTime::from(now).seconds;
  wire::Writer out;
  out.u32_le(time).u32_le(time).u8(1).u8(0).u8(1).u32_le(kEndOfBilling).u8(kBlockTierSummation);
  out.u48_le(registers.import_milli / kMilli).u8(kTiers);
  for (std::size_t tier = 0; tier < kTiers; ++tier) out.u48_le(registers.tariff_milli[tier] / kMilli);
  out.u8(1u << 4 | kTiers);  // tiers with blocks, blocks of each
  for (std::size_t block = 0; block < kTiers; ++block) out.u48_le(registers.block_milli[block] / kMilli);
  return out.take();
}

}  // namespace

Status add_billing_data(AlertRequest& alert, const Identity& self, const crypto::PublicKey& reader,
                        const DeviceState& state, OriginatorCounter counter, UtcTime now) {
  gbcs::Header header;
  header.kind = gbcs::Kind::Alert;
  header.counter = counter;
  header.originator = self.eui;
  header.target = alert.recipient;
  header.code = alert.code;
  METERWAY_TRY(const auto key, gbcs::encryption_key(header, self.agreement, reader));
  if (self.type == DeviceType::ESME) {
    const auto block = gbcs::encrypt_attribute(key, self.eui, electricity(state.registers, now));
    alert.elements = {dlms::protection_parameters({counter, self.eui, alert.recipient}), Data::octets(block)};
    return {};
  }
  gbcs::gbz::Component snapshot;
  snapshot.cluster = kMetering;
  snapshot.encrypted_counter = 0;
  snapshot.frame_control = kServerCommand;
  snapshot.command = kPublishSnapshot;
  snapshot.payload = gbcs::encrypt_attribute(key, self.eui, gas(state.registers, now));
  const auto frames = gbcs::gbz::write_frames({{std::move(snapshot)}});
  // Behind profile and count, which the alert has itself.
  alert.detail.assign(frames.begin() + 3, frames.end());
  return {};
}

}  // namespace meterway::field
