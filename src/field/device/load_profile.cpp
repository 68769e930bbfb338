#include "field/device/load_profile.h"

#include <algorithm>
#include <cmath>

namespace meterway::field {
namespace {

// Half-hourly mean of a home by the hour of the day (UTC): Wh, and litres of gas.
constexpr std::uint32_t kElectricity[24] = {110, 95,  90,  88,  90,  105, 170, 260, 280, 230, 210, 215,
                                            240, 225, 205, 215, 270, 380, 430, 420, 380, 330, 250, 160};
constexpr std::uint32_t kGas[24] = {20,  15,  15,  15,  25,  120, 420, 520, 380, 200, 140, 120,
                                    130, 120, 130, 220, 380, 460, 420, 340, 260, 180, 90,  40};

std::uint64_t mix(std::uint64_t value) {  // splitmix64's finaliser
  value += 0x9E3779B97F4A7C15u;
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
  value = (value ^ value >> 27) * 0x94D049BB133111EBu;
  return value ^ value >> 31;
}

/// 1000 in the middle of January, `summer` in July; whole numbers so that every machine computes the same.
std::uint64_t season_permille(std::int64_t day, std::uint64_t summer) {
  const double angle = 2 * 3.14159265358979 * static_cast<double>((day % 365 + 365 - 15) % 365) / 365;
  const double warm = (1 - std::cos(angle)) / 2;
  return static_cast<std::uint64_t>(1000 - warm * static_cast<double>(1000 - summer));
}

void use_measured(const std::vector<LoadProfile::Piece>& pieces, UtcTime from, UtcTime to,
                  const std::function<void(UtcTime, std::uint64_t)>& use) {
  for (const auto& piece : pieces) {
    const UtcTime begin = std::max(from, piece.from), end = std::min(to, piece.to);
    if (begin >= end) continue;
    // The difference of two roundings of the running sum, so that parts add up. Milliseconds of a day: < 2^27.
    const auto up_to = [&](UtcTime at) {
      using std::chrono::milliseconds;
      const auto part = std::chrono::duration_cast<milliseconds>(at - piece.from).count();
      const auto whole = std::chrono::duration_cast<milliseconds>(piece.to - piece.from).count();
      return at == piece.to ? piece.milli
                            : piece.milli * static_cast<std::uint64_t>(part) / static_cast<std::uint64_t>(whole);
    };
    use(begin, up_to(end) - up_to(begin));
  }
}

}  // namespace

std::uint64_t LoadProfile::slot_milli(std::int64_t slot) const {
  if (measured_) {
    const UtcTime start(slot * kSlot);
    std::uint64_t sum = 0;
    use_measured(*measured_, start, start + kSlot, [&sum](UtcTime, std::uint64_t milli) { sum += milli; });
    return sum;
  }
  const std::int64_t day = slot >= 0 ? slot / 48 : -((47 - slot) / 48);
  const auto hour = static_cast<std::size_t>((slot - day * 48) / 2);
  const bool gas = fuel_ == Fuel::Gas;
  const std::uint64_t mean = gas ? kGas[hour] : kElectricity[hour];
  const std::uint64_t noise = 500 + mix(seed_ ^ mix(static_cast<std::uint64_t>(slot) * 2 + gas)) % 1001;  // 0.5 .. 1.5
  return mean * noise * season_permille(day, gas ? 80 : 700) / 1000;
}

void LoadProfile::integrate(UtcTime from, UtcTime to, const std::function<void(UtcTime, std::uint64_t)>& use) const {
  if (measured_) {
    use_measured(*measured_, from, to, use);
    return;
  }
  constexpr std::int64_t kSlotMicros = std::chrono::microseconds(kSlot).count();
  std::int64_t at = from.time_since_epoch().count();
  const std::int64_t end = to.time_since_epoch().count();
  while (at < end) {
    const std::int64_t slot = at >= 0 ? at / kSlotMicros : -((kSlotMicros - 1 - at) / kSlotMicros);
    const std::int64_t slot_start = slot * kSlotMicros;
    const std::int64_t stop = std::min(end, slot_start + kSlotMicros);
    const std::uint64_t whole = slot_milli(slot);
    // The difference of two roundings of the running sum, so that parts add up. whole < 2^20, micros < 2^31.
    const auto up_to = [&](std::int64_t micros) {
      return whole * static_cast<std::uint64_t>(micros - slot_start) / static_cast<std::uint64_t>(kSlotMicros);
    };
    use(UtcTime(std::chrono::microseconds(at)), up_to(stop) - up_to(at));
    at = stop;
  }
}

}  // namespace meterway::field
