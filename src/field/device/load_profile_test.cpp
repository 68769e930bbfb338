#include "field/device/load_profile.h"

#include <gtest/gtest.h>

namespace meterway::field {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;

std::uint64_t used(const LoadProfile& profile, UtcTime from, UtcTime to) {
  std::uint64_t sum = 0;
  profile.integrate(from, to, [&](UtcTime, std::uint64_t milli) { sum += milli; });
  return sum;
}

const UtcTime kStart = *from_iso8601("2026-01-05T10:17:03.5Z");

TEST(LoadProfile, GivesTheSameConsumptionHoweverTheIntervalIsCut) {
  const LoadProfile profile(Fuel::Electricity, 7);
  const UtcTime end = kStart + hours(50) + microseconds(12345);
  std::uint64_t parts = 0;
  UtcTime at = kStart;
  for (int step = 1; at < end; ++step) {
    const UtcTime next = std::min(end, at + microseconds(step * 7'654'321LL));
    parts += used(profile, at, next);
    at = next;
  }
  EXPECT_EQ(parts, used(profile, kStart, end));
}

TEST(LoadProfile, DependsOnTheSeedAndTheFuel) {
  const UtcTime end = kStart + hours(24);
  EXPECT_EQ(used({Fuel::Electricity, 1}, kStart, end), used({Fuel::Electricity, 1}, kStart, end));
  EXPECT_NE(used({Fuel::Electricity, 1}, kStart, end), used({Fuel::Electricity, 2}, kStart, end));
  EXPECT_NE(used({Fuel::Electricity, 1}, kStart, end), used({Fuel::Gas, 1}, kStart, end));
}

TEST(LoadProfile, DrawsAPlausibleDay) {
  const std::uint64_t electricity_wh = used({Fuel::Electricity, 3}, kStart, kStart + hours(24)) / 1000;
  EXPECT_GT(electricity_wh, 5'000u);
  EXPECT_LT(electricity_wh, 20'000u);
  const UtcTime july = *from_iso8601("2026-07-16T00:00:00Z");
  const std::uint64_t winter = used({Fuel::Gas, 3}, kStart, kStart + hours(24));
  const std::uint64_t summer = used({Fuel::Gas, 3}, july, july + hours(24));
  EXPECT_GT(winter, 4 * summer);
}

TEST(LoadProfile, KnowsTheTimeBefore1970AsWell) {
  const LoadProfile profile(Fuel::Gas, 1);
  const UtcTime before(microseconds(-1'000'000));
  const UtcTime epoch(microseconds(0));
  EXPECT_EQ(used(profile, before, epoch) + used(profile, epoch, epoch + minutes(1)),
            used(profile, before, epoch + minutes(1)));
}

}  // namespace
}  // namespace meterway::field
