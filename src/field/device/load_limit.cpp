#include "field/device/load_limit.h"

#include <algorithm>

namespace meterway::field {
namespace {

using gbcs::dlms::Data;
using gbcs::dlms::Obis;

constexpr std::uint16_t kRegister = 3, kLimiter = 71, kSupplyState = 9000;
constexpr std::uint8_t kValue = 2, kThreshold = 4, kPeriod = 6, kRestoration = 7;
constexpr Obis kLoadLimit{0, 0, 17, 0, 0, 255}, kCounter{0, 0, 94, 44, 42, 255}, kDisables{0, 0, 94, 44, 0, 3};
constexpr std::uint16_t kAboveLimit = 0x8F01, kArmedByLimit = 0x8F33, kEnabledAfterLimit = 0x8F34;

std::int64_t slot_before(UtcTime at) {
  return std::chrono::floor<std::chrono::minutes>(at.time_since_epoch()) / LoadProfile::kSlot - 1;
}

void count(DeviceState& state) {
  const ObjectKey key{kRegister, kCounter, kValue};
  const auto before = stored_value(DeviceType::ESME, state, key).number;
  state.stored[key.text()] = gbcs::dlms::write_data(Data::of(gbcs::dlms::Type::Uint32, (before + 1) & 0xFFFFFFFF));
}

}  // namespace

LoadLimit read_load_limit(const DeviceState& state) {
  const auto get = [&](std::uint16_t class_id, const Obis& instance, std::uint8_t index) {
    return stored_value(DeviceType::ESME, state, {class_id, instance, index}).number;
  };
  LoadLimit limit;
  limit.threshold_watts = static_cast<std::uint64_t>(get(kLimiter, kLoadLimit, kThreshold));
  if (limit.threshold_watts == 0) return limit;
  const std::int64_t slot_seconds = std::chrono::seconds(LoadProfile::kSlot).count();
  const auto period = get(kLimiter, kLoadLimit, kPeriod);
  limit.half_hours = std::clamp<std::int64_t>((period + slot_seconds - 1) / slot_seconds, 1, 48);
  limit.restoration = std::chrono::seconds(get(kLimiter, kLoadLimit, kRestoration));
  limit.cuts = get(kSupplyState, kDisables, kValue) != 0;
  return limit;
}

void watch_load_limit(const LoadLimit& limit, const LoadProfile& profile, DeviceState& state, UtcTime at,
                      std::vector<Told>& told) {
  if (limit.threshold_watts == 0) return;
  const UtcTime since = state.idle.empty() ? UtcTime() : state.idle.back().to;
  const auto above = [&](std::int64_t slot) {
    return UtcTime(LoadProfile::kSlot * slot) >= since && profile.slot_milli(slot) * 2 / 1000 > limit.threshold_watts;
  };
  const std::int64_t last = slot_before(at);
  std::int64_t run = 0;
  while (run <= limit.half_hours && above(last - run)) ++run;
  if (run != limit.half_hours) return;  // not yet, or told when it was
  count(state);
  told.push_back({at, kAboveLimit});
  if (!limit.cuts) return;
  state.supply = Supply::Armed;
  state.limit_restores = at + limit.restoration;
  told.push_back({at, kArmedByLimit});
}

void restore_after_limit(DeviceState& state, UtcTime at, std::vector<Told>& told) {
  if (!state.limit_restores) return;
  if (state.supply != Supply::Armed || state.account.disabled) {
    state.limit_restores.reset();
  } else if (*state.limit_restores <= at) {
    state.limit_restores.reset();
    state.supply = Supply::On;
    told.push_back({at, kEnabledAfterLimit});
  }
}

}  // namespace meterway::field
