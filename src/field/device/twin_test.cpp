#include <gtest/gtest.h>

#include "base/util/hex.h"
#include "field/device/test_world.h"

/// A meter of two elements: the secondary one has registers and a tariff of its own.
namespace meterway::field::test {
namespace {

using dlms::Choice;
using dlms::Data;
using dlms::Obis;
using dlms::Type;
using std::chrono::hours;

const Data kNow = Data::octets(*from_hex("0000000000000000008000ff"));
constexpr Obis kCalendar{0, 0, 13, 0, 1, 255}, kPrices{0, 0, 19, 20, 5, 255}, kSpecialDays{0, 1, 11, 0, 1, 255};
constexpr Obis kActivePrice{0, 0, 94, 44, 1, 8};

dlms::Specification entry(Choice choice, std::uint16_t class_id, Obis obis, std::uint8_t index) {
  return {choice, class_id, obis, index, 0, {}};
}

Data price(int index, int value) {
  return Data::structure({Data::octets(Bytes{static_cast<std::uint8_t>(index)}), Data::of(Type::Int16, value)});
}
Data prices(int second, int third) {
  return Data::structure(
      {Data::structure({Data::of(Type::Int8, 3), Data::of(Type::Int8, -5)}),
       Data::structure({Data::of(Type::Uint16, 3), Data::octets(*from_hex("0114010800ff")), Data::of(Type::Int8, 2)}),
       Data::array({price(1, 0), price(2, second), price(3, third), price(4, 0)})});
}

/// Register 202 by night, 203 from seven.
Data days() {
  const auto script = [](int hour, int selector) {
    return Data::structure({Data::octets(Bytes{static_cast<std::uint8_t>(hour), 0, 0, 0}),
                            Data::octets(*from_hex("00000a0064ff")), Data::of(Type::Uint16, selector)});
  };
  return Data::array({Data::structure({Data::of(Type::Uint8, 1), Data::array({script(0, 202), script(7, 203)})})});
}

Order set_secondary(std::uint64_t counter, const Data& when) {
  return {{0x00B7},
          kSupplier,
          kEsme,
          counter,
          access(counter,
                 {entry(Choice::Set, 113, kPrices, 6), entry(Choice::Set, 20, kCalendar, 9),
                  entry(Choice::Set, 20, kCalendar, 10), entry(Choice::Set, 113, kPrices, 7)},
                 {prices(10'000, 30'000), days(), when, when})};
}

dlms::AccessResponse read_secondary(Device& device, std::uint64_t counter, UtcTime now) {
  const Order order{{0x00BD},
                    kSupplier,
                    kEsme,
                    counter,
                    access(counter, {entry(Choice::Get, 113, kPrices, 5), entry(Choice::Get, 20, kCalendar, 5),
                                     entry(Choice::Get, 3, kActivePrice, 2)})};
  return read_access(answer(device.take(command(order), now)));
}

TEST(Twin, ReadsTheSecondaryTariffAsItWasSet) {
  auto device = make_device(kEsme, DeviceType::ESME, "B");
  for (const auto& result : read_access(answer(device.take(command(set_secondary(1, kNow)), test_time()))).results)
    EXPECT_EQ(result.code, 0);
  const auto read = read_secondary(device, 2, test_time());
  EXPECT_EQ(read.data.at(0), prices(10'000, 30'000));
  EXPECT_EQ(read.data.at(1), days());
  EXPECT_EQ(read.data.at(2), Data::of(Type::Uint32, 30'000)) << "nine in the morning";
}

TEST(Twin, WaitsForTheDateOfASecondaryTariff) {
  auto device = make_device(kEsme, DeviceType::ESME, "B");
  const UtcTime date = test_time() + hours(5);
  answer(device.take(command(set_secondary(1, Data::octets(dlms_date_time(date)))), test_time()));
  EXPECT_EQ(read_secondary(device, 2, test_time()).data.at(2).number, 24'500);
  EXPECT_EQ(device.pass(date).size(), 2u);
  EXPECT_EQ(read_secondary(device, 3, date).data.at(2).number, 30'000);
}

TEST(Twin, CountsWhatGoesThroughTheSecondaryElementAndChargesItsPrice) {
  auto device = make_device(kEsme, DeviceType::ESME, "B");
  device.take(command(set_secondary(1, kNow)), test_time());
  device.pass(test_time() + hours(24));
  const auto& r = device.state().registers;
  EXPECT_EQ(r.secondary_milli[0], 0u);
  EXPECT_GT(r.secondary_milli[1], 0u);
  EXPECT_GT(r.secondary_milli[2], r.secondary_milli[1]);
  const auto secondary = r.secondary_milli[1] + r.secondary_milli[2];
  EXPECT_EQ(secondary, r.import_milli / 4);
  EXPECT_EQ(r.tariff_milli[0] + secondary, r.import_milli) << "the two elements together are the meter";
  const auto cost = r.tariff_milli[0] * 24'500 + r.secondary_milli[1] * 10'000 + r.secondary_milli[2] * 30'000;
  EXPECT_EQ(r.balance, -static_cast<std::int64_t>(cost / 1'000'000));
}

TEST(Twin, CountsTheSameHoweverOftenItIsLookedAt) {
  auto once = make_device(kEsme, DeviceType::ESME, "B"), often = make_device(kEsme, DeviceType::ESME, "B");
  once.pass(test_time() + hours(10));
  for (int minute = 7; minute <= 600; minute += 7) often.pass(test_time() + std::chrono::minutes(minute));
  often.pass(test_time() + hours(10));
  EXPECT_EQ(once.state().registers.secondary_milli, often.state().registers.secondary_milli);
  EXPECT_EQ(once.state().registers.balance, often.state().registers.balance);
}

TEST(Twin, GivesFourMoreRegistersThanAMeterOfOneElement) {
  for (const bool twin : {false, true}) {
    auto device = make_device(kEsme, DeviceType::ESME, twin ? "BD" : "AD");
    device.pass(test_time() + hours(24));
    const Order order{{0x0029}, kSupplier, kEsme, 7, protected_read(7, kSupplier, kEsme, 9, {0, 0, 94, 44, 34, 1})};
    const auto response = answer(device.take(command(order), test_time() + hours(24)));
    const auto matrix = open_block(response, read_access(response).data.at(0).items.at(1).bytes).items.at(0);
    ASSERT_EQ(matrix.items.size(), twin ? 2u : 1u);
    EXPECT_EQ(matrix.items.at(0).items.size(), 48u);
    if (twin) {
      EXPECT_EQ(matrix.items.at(1).items.size(), 4u);
    }
  }
}

TEST(Twin, IsWhatAMeterOfOneElementIsNot) {
  auto device = make_device(kEsme, DeviceType::ESME, "A");
  EXPECT_EQ(read_secondary(device, 1, test_time()).results.at(0).code, 4) << "object undefined";
}

TEST(Twin, KeepsItsRegistersOverARestart) {
  auto device = make_device(kEsme, DeviceType::ESME, "B");
  device.pass(test_time() + hours(24));
  const auto kept = read_state(write_state(device.state()));
  EXPECT_EQ(kept->registers.secondary_milli, device.state().registers.secondary_milli);
}

}  // namespace
}  // namespace meterway::field::test
