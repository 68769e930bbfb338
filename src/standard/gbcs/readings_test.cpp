#include "standard/gbcs/readings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/util/hex.h"

namespace meterway::gbcs {
namespace {

using testing::ElementsAre;

Message response(std::uint16_t code, std::string_view content) {
  Message message;
  message.header.kind = Kind::Response;
  message.header.code = MessageCode{code};
  message.content = from_hex(content).value();
  return message;
}

/// Consumption in cubic metres by the meter's own divisor, multiplier, unit and register.
std::vector<Reading> gas(std::string_view divisor, std::string_view multiplier, std::string_view summation) {
  const auto fields = "0203 00 22" + std::string(divisor) + "0103 00 22" + std::string(multiplier) +
                      "0003 00 30 01 0000 00 25" + std::string(summation);
  const auto size = 3 + from_hex(fields).value().size();
  return decode_readings(
             response(0x0074, "010901 01 0702 00" + to_hex(Bytes{static_cast<std::uint8_t>(size)}) + "080001" + fields),
             nullptr)
      .value();
}

TEST(Readings, TakeTheScalerAndUnitThatStandAfterTheValue) {
  const auto readings = decode_readings(
      response(0x0026, "da200004b00000 04 0600003039 02020f02161e 06ffffffff 02020f00 1620 04 0100 0100 0100 0100"),
      nullptr);
  ASSERT_TRUE(readings) << describe(readings.error());
  EXPECT_THAT(*readings, ElementsAre(Reading{"active export energy", "1234.5", "kWh"},
                                     Reading{"reactive export energy", "4294967.295", "kvarh"}));
}

TEST(Readings, ShowNegativeBalances) {
  const auto readings = decode_readings(response(0x0069, "da200003e8000001 05fffffffe 010100"), nullptr);
  ASSERT_TRUE(readings);
  EXPECT_THAT(*readings, ElementsAre(Reading{"meter balance", "-0.00002", "GBP"}));
}

TEST(Readings, MultiplyAndDivideAsTheMeterSays) {
  EXPECT_THAT(gas("e80300", "010000", "393000000000"), ElementsAre(Reading{"consumption", "12.345", "m3"}));
  EXPECT_THAT(gas("010000", "0a0000", "393000000000"), ElementsAre(Reading{"consumption", "123450", "m3"}));
  EXPECT_THAT(gas("030000", "010000", "0a0000000000"), ElementsAre(Reading{"consumption", "3.333", "m3"}));
}

TEST(Readings, NeverOverflowOrDivideByNothing) {
  EXPECT_THAT(gas("e80300", "ffffff", "ffffffffffff"), ElementsAre(Reading{"consumption", "out of range", ""}));
  EXPECT_THAT(gas("000000", "010000", "010000000000"), ElementsAre(Reading{"consumption", "out of range", ""}));
}

TEST(Readings, SayWhyAValueIsMissing) {
  const auto readings = decode_readings(response(0x0069, "da200003e8000001 00 010104"), nullptr);
  ASSERT_TRUE(readings);
  EXPECT_THAT(*readings, ElementsAre(Reading{"meter balance", "object-undefined", ""}));
}

TEST(Readings, ComeFromResponsesOnly) {
  auto message = response(0x0069, "da200003e8000001 05fffffffe 010100");
  message.header.kind = Kind::Command;
  EXPECT_EQ(decode_readings(message, nullptr).error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace meterway::gbcs
