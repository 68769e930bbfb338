#include "standard/ids/ids.h"

#include <gtest/gtest.h>

namespace meterway {
namespace {

TEST(Eui64, ReadsBothTextForms) {
  const Eui64 eui(0x90B3D51F30010000);
  EXPECT_EQ(Eui64::parse("90-B3-D5-1F-30-01-00-00").value(), eui);
  EXPECT_EQ(Eui64::parse("90b3d51f30010000").value(), eui);
  EXPECT_EQ(eui.dashed_upper(), "90-B3-D5-1F-30-01-00-00");
  EXPECT_EQ(eui.dashed_lower(), "90-b3-d5-1f-30-01-00-00");
  EXPECT_EQ(eui.plain(), "90b3d51f30010000");
  EXPECT_EQ(Eui64::from_wire(eui.wire()), eui);
}

TEST(Eui64, PointsAtTheFirstWrongCharacter) {
  EXPECT_EQ(Eui64::parse("90-B3-D5-1F-30-01-00-0G").error(), (Error{ErrorCode::BadEui64, 22}));
  EXPECT_EQ(Eui64::parse("90:B3-D5-1F-30-01-00-00").error(), (Error{ErrorCode::BadEui64, 2}));
  EXPECT_FALSE(Eui64::parse(""));
}

TEST(RequestId, IsCaseBlindInItsIdentifiers) {
  const auto upper = RequestId::parse("90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1000").value();
  EXPECT_EQ(RequestId::parse("90-b3-d5-1f-30-01-00-00:00-db-12-34-56-78-90-a0:1000").value(), upper);
  EXPECT_EQ(upper.text(), "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1000");
}

TEST(RequestId, HoldsTheWholeRangeOfACounterAndNothingElse) {
  const std::string ids = "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:";
  EXPECT_EQ(RequestId::parse(ids + "18446744073709551615").value().counter.value, 18446744073709551615u);
  EXPECT_EQ(RequestId::parse(ids + "0").value().counter.value, 0u);
  for (const char* counter : {"", "18446744073709551616", "01", "-1", "+1", "1 ", " 1", "1.0", "0x1"})
    EXPECT_FALSE(RequestId::parse(ids + counter)) << counter;
}

TEST(DeviceType, ReadsEveryNameItWrites) {
  for (const auto type : {DeviceType::ESME, DeviceType::GSME, DeviceType::CHF, DeviceType::GPF, DeviceType::PPMID,
                          DeviceType::HCALCS, DeviceType::SAPC}) {
    EXPECT_EQ(parse_device_type(to_string(type)).value(), type);
  }
  EXPECT_FALSE(parse_device_type("METER"));
}

}  // namespace
}  // namespace meterway
