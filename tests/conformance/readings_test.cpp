#include "standard/gbcs/readings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/util/file.h"
#include "base/util/hex.h"
#include "tests/support/reference.h"

namespace meterway::gbcs {
namespace {

using testing::ElementsAre;
using testing::Eq;

Result<std::vector<Reading>> readings_of(const std::string& name) {
  METERWAY_TRY(const auto text, read_text_file(tests::reference_path() / "hex" / (name + "_RESPONSE_GBCS.HEX")));
  METERWAY_TRY(const auto bytes, from_hex(text));
  METERWAY_TRY(const auto message, read_message(bytes));
  METERWAY_TRY(const auto keys, pki::open_key_folder(tests::reference_path() / "keystore" / "rtds"));
  return decode_readings(message, keys.get());
}

TEST(Readings, OfElectricityImportAreDecryptedAndScaled) {
  METERWAY_NEEDS_REFERENCE();
  const auto readings = readings_of("ECS17b_4.1.1_SINGLE_SUCCESS");
  ASSERT_TRUE(readings) << describe(readings.error());
  EXPECT_THAT(*readings, ElementsAre(Reading{"active import energy", "0.010", "kWh"},
                                     Reading{"reactive import energy", "0.010", "kvarh"}));
}

TEST(Readings, OfGasAreMultipliedAndDividedAsTheMeterSays) {
  METERWAY_NEEDS_REFERENCE();
  const auto readings = readings_of("GCS13a_4.1.1_SUCCESS_RELIABLE_GPF");
  ASSERT_TRUE(readings) << describe(readings.error());
  EXPECT_THAT(*readings, ElementsAre(Reading{"consumption", "12.345", "m3"}));
}

TEST(Readings, OfMeterBalancesAreInPounds) {
  METERWAY_NEEDS_REFERENCE();
  EXPECT_THAT(*readings_of("ECS82_4.18_SUCCESS"), ElementsAre(Reading{"meter balance", "2.50000", "GBP"}));
  EXPECT_THAT(*readings_of("GCS60_4.18_SUCCESS"),
              ElementsAre(Reading{"bill to date", "35.00000", "GBP"}, Reading{"meter balance", "25.00000", "GBP"}));
}

TEST(Readings, OfTheSupplyAreStates) {
  METERWAY_NEEDS_REFERENCE();
  EXPECT_THAT(*readings_of("ECS45_7.4_SUCCESS"), ElementsAre(Reading{"load switch", "closed", ""}));
  EXPECT_THAT(*readings_of("GCS33_7.4_SUCCESS"),
              ElementsAre(Reading{"battery life", "100", "days"}, Reading{"supply", "on", ""}));
}

TEST(Readings, ThatTheMeterCouldNotGiveSayWhy) {
  METERWAY_NEEDS_REFERENCE();
  const auto readings = readings_of("ECS45_7.4_ERROR");
  ASSERT_TRUE(readings) << describe(readings.error());
  ASSERT_EQ(readings->size(), 1u);
  EXPECT_EQ(readings->front().unit, "");
  EXPECT_THAT(readings->front().value,
              testing::AnyOf(Eq("object-unavailable"), Eq("other-reason"), Eq("temporary-failure"),
                             Eq("hardware-fault"), Eq("read-write-denied"), Eq("object-undefined")));
}

TEST(Readings, AreNotMadeUpForOtherUseCases) {
  METERWAY_NEEDS_REFERENCE();
  const auto readings = readings_of("ECS52_11.2_SUCCESS");
  ASSERT_FALSE(readings);
  EXPECT_EQ(readings.error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace meterway::gbcs
