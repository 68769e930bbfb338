#include "field/device/settings.h"

#include <algorithm>

#include "base/util/hex.h"
#include "field/device/dlms_server.h"
#include "field/device/times.h"

namespace meterway::field {
namespace {

using gbcs::dlms::Data;
using gbcs::dlms::Obis;
using gbcs::dlms::Type;
using std::chrono::minutes;

constexpr std::uint16_t kDataClass = 1, kRegister = 3, kExtendedRegister = 4, kSchedule = 10, kSingleAction = 22;
constexpr std::uint8_t kValue = 2, kCaptured = 5;
constexpr Obis kDemand{1, 0, 1, 6, 0, 255}, kDemandInPeriod{1, 0, 1, 6, 1, 255};
constexpr Obis kDemandPeriod{0, 0, 12, 0, 0, 255}, kBlockResets{0, 0, 15, 1, 0, 255};
constexpr std::size_t kBehaviourBytes = 32;
constexpr std::uint8_t kReadFurtherOn = 4;
constexpr std::int64_t kMinutesADay = 24 * 60;

void store(DeviceState& state, const ObjectKey& key, const Data& value) {
  state.stored[key.text()] = gbcs::dlms::write_data(value);
}

/// Which of the three resets it is: 1.6.0, 1.6.1, 2.6.0.
ObjectKey reset_time_of(const Obis& demand) {
  const auto place = static_cast<std::uint8_t>(demand[2] == 2 ? 2 : demand[4]);
  return {kDataClass, {0, 0, 94, 44, 5, place}, kValue};
}

/// Minutes of the day from which script 1 and script 2 hold.
struct Period {
  std::int64_t start = 0, end = 0;
  bool covers(std::int64_t minute) const {
    if (start == end) return true;
    return start < end ? start <= minute && minute < end : minute >= start || minute < end;
  }
};

Period demand_period(const DeviceState& state) {
  Period period;
  for (const auto& entry : stored_value(DeviceType::ESME, state, {kSchedule, kDemandPeriod, kValue}).items) {
    if (entry.items.size() < 5 || entry.items[4].bytes.size() != 4) continue;
    const auto& time = entry.items[4].bytes;
    (entry.items[3].number == 1 ? period.start : period.end) = time[0] * 60 + time[1];
  }
  return period;
}

void raise(DeviceState& state, const Obis& demand, std::uint64_t watts, UtcTime at) {
  const ObjectKey value{kExtendedRegister, demand, kValue};
  const auto before = stored_value(DeviceType::ESME, state, value).number;
  if (static_cast<std::int64_t>(watts) <= before) return;
  store(state, value, Data::of(Type::Uint32, static_cast<std::int64_t>(watts)));
  store(state, {kExtendedRegister, demand, kCaptured}, Data::octets(dlms_date_time(at)));
}

std::int64_t slot_of(UtcTime time) { return std::chrono::floor<minutes>(time.time_since_epoch()) / LoadProfile::kSlot; }

/// The average of a half-hour.
std::uint64_t watts_of(const LoadProfile& profile, std::int64_t slot) { return profile.slot_milli(slot) * 2 / 1000; }

/// year:2 month day day-of-week, wildcards FF (and FFFF).
bool fits_day(const Bytes& date, UtcTime time) {
  const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day civil(day);
  const auto weekday = std::chrono::weekday(day).iso_encoding();
  const auto year = static_cast<unsigned>(date[0] << 8 | date[1]);
  const auto is = [](std::uint8_t wanted, unsigned found) { return wanted == 0xFF || wanted == found; };
  return (year == 0xFFFF || year == static_cast<unsigned>(int(civil.year()))) && is(date[2], unsigned(civil.month())) &&
         is(date[3], unsigned(civil.day())) && is(date[4], weekday);
}

}  // namespace

std::uint8_t reset_register(const ObjectRow& row, CommandContext& context, const Data& argument) {
  if (argument.type != Type::Int8) return access::kTypeUnmatched;
  const ObjectKey value{row.class_id, row.instance, kValue};
  const ObjectRow* found = find_object(context.self.type, value, kRead);
  if (found == nullptr) return access::kHardwareFault;
  context.state.stored[value.text()] = *from_hex(found->value_hex);
  return access::kSuccess;
}

std::uint8_t reset_demand(const ObjectRow& row, CommandContext& context, const Data& argument) {
  if (argument.type != Type::Int8) return access::kTypeUnmatched;
  const Data now = Data::octets(dlms_date_time(context.now));
  store(context.state, {row.class_id, row.instance, kValue}, Data::of(Type::Uint32, 0));
  store(context.state, {row.class_id, row.instance, kCaptured}, now);
  store(context.state, reset_time_of(row.instance), now);
  return access::kSuccess;
}

std::uint8_t set_behaviours(const ObjectRow& row, CommandContext& context, const Data& value) {
  if (value.type != Type::BitString || value.bytes.size() != 2 * kBehaviourBytes) return access::kTypeUnmatched;
  ObjectKey result{row.class_id, row.instance, kValue};
  result.instance[4] = static_cast<std::uint8_t>(row.instance[4] + kReadFurtherOn);
  Data bits = stored_value(context.self.type, context.state, result);
  if (bits.bytes.size() != kBehaviourBytes) return access::kHardwareFault;
  for (std::size_t i = 0; i < kBehaviourBytes; ++i) {
    const std::uint8_t changes = value.bytes[i], becomes = value.bytes[kBehaviourBytes + i];
    bits.bytes[i] = static_cast<std::uint8_t>((bits.bytes[i] & ~changes) | (becomes & changes));
  }
  store(context.state, result, bits);
  return access::kSuccess;
}

void note_demand(const LoadProfile& profile, DeviceState& state, UtcTime from, UtcTime to) {
  const std::int64_t first = slot_of(from), last = slot_of(to);
  if (first >= last) return;
  const Period period = demand_period(state);
  struct Most {
    std::uint64_t watts = 0;
    UtcTime at{};
  } most, in_period;
  const auto note = [](Most& one, std::uint64_t watts, UtcTime at) {
    if (watts > one.watts) one = {watts, at};
  };
  for (std::int64_t slot = first; slot < last; ++slot) {
    const std::uint64_t watts = watts_of(profile, slot);
    const UtcTime end{LoadProfile::kSlot * (slot + 1)};
    note(most, watts, end);
    if (period.covers(slot * LoadProfile::kSlot.count() % kMinutesADay)) note(in_period, watts, end);
  }
  raise(state, kDemand, most.watts, most.at);
  raise(state, kDemandInPeriod, in_period.watts, in_period.at);
}

std::vector<UtcTime> block_resets(const DeviceState& state, UtcTime from, UtcTime to) {
  return scheduled_moments(state, kBlockResets, from, to);
}

std::vector<UtcTime> scheduled_moments(const DeviceState& state, const Obis& schedule, UtcTime from, UtcTime to) {
  std::vector<UtcTime> moments;
  for (const auto& one : stored_value(DeviceType::ESME, state, {kSingleAction, schedule, 4}).items) {
    if (one.items.size() != 2 || one.items[0].bytes.size() != 4 || one.items[1].bytes.size() != 5) continue;
    const auto& clock = one.items[0].bytes;
    const minutes of_day{clock[0] * 60 + clock[1]};
    for (UtcTime day = std::chrono::floor<std::chrono::days>(from); day <= to; day += std::chrono::days(1)) {
      const UtcTime at = day + of_day;
      if (at > from && at <= to && fits_day(one.items[1].bytes, at)) moments.push_back(at);
    }
  }
  std::sort(moments.begin(), moments.end());
  return moments;
}

}  // namespace meterway::field
