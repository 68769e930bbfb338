#include "field/device/settings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/util/hex.h"
#include "field/device/test_world.h"

/// What a request sets, a later one reads: settings of an electricity meter.
namespace meterway::field::test {
namespace {

using dlms::Choice;
using dlms::Data;
using dlms::Obis;
using dlms::Specification;
using dlms::Type;
using std::chrono::hours;
using std::chrono::minutes;

const Data kNow = Data::octets(*from_hex("0000000000000000008000ff"));
const Data kNever = Data::octets(*from_hex("ffffffffffffffffff8000ff"));
const Data kReset = Data::of(Type::Int8, 0);

Specification get(std::uint16_t class_id, Obis obis, std::uint8_t index) {
  return {Choice::Get, class_id, obis, index, 0, {}};
}
Specification set(std::uint16_t class_id, Obis obis, std::uint8_t index) {
  return {Choice::Set, class_id, obis, index, 0, {}};
}
Specification act(std::uint16_t class_id, Obis obis, std::uint8_t index) {
  return {Choice::Action, class_id, obis, index, 0, {}};
}
Data u32(std::int64_t value) { return Data::of(Type::Uint32, value); }
Data at(UtcTime time) { return Data::octets(dlms_date_time(time)); }

/// Asks the meter, whose party may ask for it, and gives what it answers.
struct Asking {
  Device device = make_device(kEsme, DeviceType::ESME);
  std::uint64_t counter = 1000;
  dlms::AccessResponse operator()(MessageCode code, std::vector<Specification> what, std::vector<Data> data = {},
                                  Eui64 who = kSupplier, UtcTime when = test_time()) {
    ++counter;
    const Order order{code, who, kEsme, counter, access(counter, std::move(what), std::move(data))};
    return read_access(answer(device.take(command(order), when)));
  }
};

std::vector<std::uint8_t> codes(const dlms::AccessResponse& response) {
  std::vector<std::uint8_t> out;
  for (const auto& one : response.results) out.push_back(one.code);
  return out;
}

constexpr Obis kLimitState{0, 0, 94, 44, 0, 3}, kLimit{0, 0, 17, 0, 0, 255}, kLimitCounter{0, 0, 94, 44, 42, 255};
constexpr Obis kNextPeriod{0, 0, 94, 44, 128, 6}, kNextThreshold{0, 0, 94, 44, 128, 7}, kNextRest{0, 0, 94, 44, 128, 8};

dlms::AccessResponse set_limit(Asking& ask, std::int64_t watts, const Data& when, bool cuts = true,
                               UtcTime now = test_time()) {
  return ask(
      {0x0043},
      {set(9000, kLimitState, 4), set(9000, kNextThreshold, 4), set(9000, kNextPeriod, 4), set(9000, kNextRest, 4),
       set(9000, kLimitState, 6), set(9000, kNextThreshold, 6), set(9000, kNextPeriod, 6), set(9000, kNextRest, 6)},
      {Data::of(Type::Boolean, cuts ? 0xFF : 0), u32(watts), u32(300), u32(30), when, when, when, when}, kSupplier,
      now);
}
std::vector<Data> limit(Asking& ask, UtcTime now = test_time()) {
  return ask({0x0042}, {get(9000, kLimitState, 2), get(71, kLimit, 4), get(71, kLimit, 6), get(71, kLimit, 7)}, {},
             kSupplier, now)
      .data;
}

TEST(LoadLimit, IsReadAsItWasSet) {
  Asking ask;
  EXPECT_EQ(codes(set_limit(ask, 6900, kNow)), std::vector<std::uint8_t>(8, 0));
  EXPECT_EQ(limit(ask), (std::vector<Data>{Data::of(Type::Boolean, 0xFF), u32(6900), u32(300), u32(30)}));
}

TEST(LoadLimit, ComesIntoForceAtItsTimeAndSaysSoFourTimes) {
  Asking ask;
  set_limit(ask, 6900, at(test_time() + hours(2)));
  EXPECT_EQ(limit(ask).at(1), u32(0));
  EXPECT_EQ(ask.device.pass(test_time() + hours(3)).size(), 4u) << "8F66 for each instruction";
  EXPECT_EQ(limit(ask, test_time() + hours(3)).at(1), u32(6900));
}

TEST(LoadLimit, StaysAsItIsWhenTheChangeIsCancelled) {
  Asking ask;
  set_limit(ask, 6900, at(test_time() + hours(2)));
  set_limit(ask, 6900, kNever);
  EXPECT_TRUE(ask.device.pass(test_time() + hours(3)).empty());
  EXPECT_EQ(limit(ask, test_time() + hours(3)).at(1), u32(0));
}

TEST(LoadLimit, CountsEachTimeTheLoadGoesAboveIt) {
  const LoadProfile profile(Fuel::Electricity, 1);
  const std::int64_t first = test_time().time_since_epoch() / LoadProfile::kSlot;
  std::vector<std::uint64_t> watts;
  for (std::int64_t slot = first - 1; slot < first + 48; ++slot) watts.push_back(profile.slot_milli(slot) / 500);
  auto sorted = watts;
  std::sort(sorted.begin(), sorted.end());
  const auto threshold = sorted[sorted.size() / 2];
  std::int64_t rises = 0;
  for (std::size_t i = 1; i < watts.size(); ++i) rises += watts[i] > threshold && watts[i - 1] <= threshold;
  ASSERT_GT(rises, 0);
  Asking ask;
  set_limit(ask, static_cast<std::int64_t>(threshold), kNow, false);
  for (int hour = 1; hour <= 24; hour += 5) ask.device.pass(test_time() + hours(hour));
  const UtcTime tomorrow = test_time() + hours(24);
  const auto counter = [&] { return ask({0x0042}, {get(3, kLimitCounter, 2)}, {}, kSupplier, tomorrow).data.at(0); };
  EXPECT_EQ(counter(), u32(rises));
  ask({0x0044}, {act(3, kLimitCounter, 1)}, {kReset}, kSupplier, tomorrow);
  EXPECT_EQ(counter(), u32(0));
}

TEST(Counters, AreZeroAfterAReset) {
  Asking ask;
  DeviceState state = ask.device.state();
  state.stored["3/0-0:94.44.42.255/2"] = dlms::write_data(u32(30));
  const Keys& keys = keys_of(kEsme);
  ask.device = Device({kEsme, DeviceType::ESME, keys.signing, keys.agreement, kGpf}, anchors_of(DeviceType::ESME),
                      LoadProfile(Fuel::Electricity, 1), std::move(state));
  const auto counter = [&] { return ask({0x0042}, {get(3, kLimitCounter, 2)}).data.at(0); };
  EXPECT_EQ(counter(), u32(30));
  EXPECT_EQ(codes(ask({0x0044}, {act(3, kLimitCounter, 1)}, {kReset})), (std::vector<std::uint8_t>{0}));
  EXPECT_EQ(counter(), u32(0));
}

TEST(MaximumDemand, IsTheGreatestHalfHourSinceItsReset) {
  Asking ask;
  constexpr Obis kDemand{1, 0, 1, 6, 0, 255}, kLastReset{0, 0, 94, 44, 5, 0};
  const auto read = [&](UtcTime when) {
    return ask({0x002C}, {get(4, kDemand, 2), get(4, kDemand, 5), get(1, kLastReset, 2)}, {}, kSupplier, when).data;
  };
  const LoadProfile profile(Fuel::Electricity, 1);
  std::int64_t most = 0;
  const std::int64_t first = test_time().time_since_epoch() / LoadProfile::kSlot;
  for (std::int64_t slot = first; slot < first + 48; ++slot)
    most = std::max(most, static_cast<std::int64_t>(profile.slot_milli(slot) / 500));
  const UtcTime tomorrow = test_time() + hours(24);
  EXPECT_EQ(read(tomorrow).at(0), u32(most));
  EXPECT_NE(read(tomorrow).at(1), kNever);
  EXPECT_EQ(codes(ask({0x005A}, {act(4, kDemand, 1)}, {kReset}, kNetwork, tomorrow)), (std::vector<std::uint8_t>{0}));
  EXPECT_EQ(read(tomorrow), (std::vector<Data>{u32(0), at(tomorrow), at(tomorrow)}));
}

TEST(MaximumDemand, OfThePeriodLooksAtItsHoursAlone) {
  Asking ask;
  constexpr Obis kInPeriod{1, 0, 1, 6, 1, 255}, kPeriod{0, 0, 12, 0, 0, 255};
  const auto entry = [](int script, std::uint8_t hour) {
    return Data::structure({Data::of(Type::Uint16, script - 1), Data::of(Type::Boolean, 0xFF),
                            Data::octets(*from_hex("00000a8064ff")), Data::of(Type::Uint16, script),
                            Data::octets(Bytes{hour, 0, 0, 0}), Data::of(Type::Uint16, 0xFFFF)});
  };
  const Data period = Data::array({entry(1, 2), entry(2, 3)});
  EXPECT_EQ(codes(ask({0x004A}, {set(10, kPeriod, 2)}, {period}, kNetwork)), (std::vector<std::uint8_t>{0}));
  EXPECT_EQ(ask({0x002C}, {get(10, kPeriod, 2)}).data.at(0), period);
  const auto data =
      ask({0x002C}, {get(4, kInPeriod, 2), get(4, kInPeriod, 5)}, {}, kSupplier, test_time() + hours(24)).data;
  const LoadProfile profile(Fuel::Electricity, 1);
  const std::int64_t two = (test_time() + hours(17)).time_since_epoch() / LoadProfile::kSlot;  // 02:00 tomorrow
  EXPECT_EQ(data.at(0),
            u32(static_cast<std::int64_t>(std::max(profile.slot_milli(two), profile.slot_milli(two + 1)) / 500)));
}

TEST(EventBehaviours, ChangeWhereTheFirstHalfSaysSo) {
  Asking ask;
  constexpr Obis kSet{0, 30, 97, 98, 12, 255}, kRead{0, 30, 97, 98, 16, 255};  // delivered with all off
  const auto bits = [](std::uint8_t first, std::uint8_t last) {
    Bytes all(32);
    all.front() = first;
    all.back() = last;
    return all;
  };
  const auto order = [&](const Bytes& which, const Bytes& what) {
    Data data;
    data.type = Type::BitString;
    data.bits = 512;
    data.bytes = which;
    data.bytes.insert(data.bytes.end(), what.begin(), what.end());
    return codes(ask({0x00EA}, {set(1, kSet, 2)}, {data}));
  };
  EXPECT_EQ(order(bits(0xF0, 0x0F), bits(0xA0, 0xFF)), (std::vector<std::uint8_t>{0}));
  EXPECT_EQ(ask({0x00EE}, {get(1, kRead, 2)}).data.at(0).bytes, bits(0xA0, 0x0F));
  order(bits(0x80, 0), bits(0, 0));
  EXPECT_EQ(ask({0x00EE}, {get(1, kRead, 2)}).data.at(0).bytes, bits(0x20, 0x0F));
}

TEST(EventBehaviours, OfAnotherLengthAreRefused) {
  Asking ask;
  Data data;
  data.type = Type::BitString;
  data.bits = 8;
  data.bytes = {0xFF};
  EXPECT_NE(codes(ask({0x00AC}, {set(1, {0, 30, 97, 98, 11, 255}, 2)}, {data})).at(0), 0);
}

TEST(BlockCounters, BeginAnewEachDayWhenToldTo) {
  DeviceState state;
  const Bytes every_day = *from_hex(
      "0101020209040000000009"
      "05ffffffffff");
  state.stored["22/0-0:15.1.0.255/4"] = every_day;
  const UtcTime start = test_time();  // 09:00
  EXPECT_TRUE(block_resets(state, start, start + hours(14)).empty());
  const auto two_days = block_resets(state, start, start + hours(48));
  ASSERT_EQ(two_days.size(), 2u);
  EXPECT_EQ(two_days.at(0), start + hours(15));
  state.registers.read_at = start;
  state.registers.block_milli.fill(5);
  state.registers.block_total_milli.fill(9);
  meter(LoadProfile(Fuel::Electricity, 1), DeviceType::ESME, state, start + hours(14));
  EXPECT_EQ(state.registers.block_milli.at(0), 5u);
  meter(LoadProfile(Fuel::Electricity, 1), DeviceType::ESME, state, start + hours(15));
  EXPECT_EQ(state.registers.block_milli.at(0), 0u) << "at midnight exactly";
  EXPECT_EQ(state.registers.block_total_milli.at(0), 9u) << "registers go on";
}

TEST(Phases, TwoAndThreeAreThoseOfAPolyphaseMeter) {
  Asking ask;
  constexpr Obis kSecond{1, 0, 52, 31, 0, 4};
  EXPECT_EQ(codes(ask({0x00C6}, {get(1, kSecond, 2)})), (std::vector<std::uint8_t>{4})) << "object undefined";
  DeviceState state = ask.device.state();
  const Keys& keys = keys_of(kEsme);
  ask.device = Device({kEsme, DeviceType::ESME, keys.signing, keys.agreement, kGpf, "C"}, anchors_of(DeviceType::ESME),
                      LoadProfile(Fuel::Electricity, 1), std::move(state));
  EXPECT_EQ(codes(ask({0x00D2}, {set(1, kSecond, 2)}, {u32(96)}, kNetwork)), (std::vector<std::uint8_t>{0}));
  EXPECT_EQ(ask({0x00C6}, {get(1, kSecond, 2)}).data.at(0), u32(96));
}

}  // namespace
}  // namespace meterway::field::test
