#include "field/device/billing_alert.h"

#include <algorithm>

#include "base/wire/writer.h"
#include "field/device/gas_tariff.h"
#include "field/device/settings.h"
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
                        const Registers& registers, OriginatorCounter counter, UtcTime now) {
  gbcs::Header header;
  header.kind = gbcs::Kind::Alert;
  header.counter = counter;
  header.originator = self.eui;
  header.target = alert.recipient;
  header.code = alert.code;
  METERWAY_TRY(const auto key, gbcs::encryption_key(header, self.agreement, reader));
  if (self.type == DeviceType::ESME) {
    const auto block = gbcs::encrypt_attribute(key, self.eui, electricity(registers, now));
    alert.elements = {dlms::protection_parameters({counter, self.eui, alert.recipient}), Data::octets(block)};
    return {};
  }
  gbcs::gbz::Component snapshot;
  snapshot.cluster = kMetering;
  snapshot.encrypted_counter = 0;
  snapshot.frame_control = kServerCommand;
  snapshot.command = kPublishSnapshot;
  snapshot.payload = gbcs::encrypt_attribute(key, self.eui, gas(registers, now));
  const auto frames = gbcs::gbz::write_frames({{std::move(snapshot)}});
  // Behind profile and count, which the alert has itself.
  alert.detail.assign(frames.begin() + 3, frames.end());
  return {};
}

namespace {

constexpr dlms::Obis kBillingCalendar{0, 0, 15, 0, 0, 255};

bool has_calendar(DeviceType type, const DeviceState& state) {
  if (type == DeviceType::GSME) return read_gas_periods(state, kGasBillingPeriod).count != 0;
  return type == DeviceType::ESME && state.stored.contains(ObjectKey{22, kBillingCalendar, 4}.text());
}

}  // namespace

void tell_billing(DeviceType type, const DeviceState& state, UtcTime at, std::vector<Told>* told) {
  if (told == nullptr || !has_calendar(type, state)) return;
  told->push_back({at, kBillingDataLogUpdated, std::make_shared<const Registers>(state.registers)});
}

std::optional<UtcTime> next_billing(DeviceType type, const DeviceState& state) {
  if (!has_calendar(type, state)) return std::nullopt;
  const UtcTime from = state.registers.read_at, latest = from + std::chrono::days(40);
  if (type == DeviceType::GSME) return std::min(read_gas_periods(state, kGasBillingPeriod).next_end(from), latest);
  const auto moments = scheduled_moments(state, kBillingCalendar, from, latest);
  return moments.empty() ? latest : moments.front();
}

}  // namespace meterway::field
