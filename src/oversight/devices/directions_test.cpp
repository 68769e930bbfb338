#include "oversight/devices/directions.h"

#include <gtest/gtest.h>

#include "oversight/devices/eligibility.h"

namespace meterway::devices {
namespace {

const UtcTime kNow = *from_iso8601("2018-07-18T00:00:00Z");

DirectionText sample() {
  return {"SMKI PMA", "PMA 2018/07", "release", kNow, kNow + std::chrono::hours(24), {Eui64(1), Eui64(2)}};
}

TEST(Direction, IsReadAsItWasWritten) {
  const auto text = write_direction_text(sample());
  const auto read = read_direction_text(text);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(write_direction_text(*read), text);
}

TEST(Direction, CutAnywhereIsAnotherOrNone) {
  const auto text = write_direction_text(sample());
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto read = read_direction_text(std::string_view(text).substr(0, size));
    // At the end of a device's line a shorter one stands: its signature is another's.
    EXPECT_TRUE(!read || read->scope.size() < 2) << size;
  }
}

TEST(Direction, DevicesAscendAndNoneStandsTwice) {
  auto text = sample();
  text.scope = {Eui64(2), Eui64(1)};
  EXPECT_FALSE(read_direction_text(write_direction_text(text)));
  text.scope = {Eui64(2), Eui64(2)};
  EXPECT_FALSE(read_direction_text(write_direction_text(text)));
  text.scope = {};
  EXPECT_FALSE(read_direction_text(write_direction_text(text)));
  text = sample();
  text.until = text.from;
  EXPECT_FALSE(read_direction_text(write_direction_text(text)));
}

TEST(Eligibility, EveryRoleHasARowForEachKindAndRefusalsHaveARoute) {
  const auto day = calendar::date_of(kNow);
  for (const auto* role : {"import_supplier", "gas_supplier", "export_supplier", "network_operator", "gas_transporter",
                           "dcc", "other_user", "manufacturer", "*"}) {
    const auto* row = find_eligibility(role, "device", day);
    ASSERT_NE(row, nullptr) << role;
    EXPECT_TRUE(row->eligible || !row->route.empty()) << role;
    EXPECT_NE(find_eligibility(role, "organisation", day), nullptr) << role;
  }
  EXPECT_EQ(find_eligibility("import_supplier", "device", calendar::date_of(*from_iso8601("2010-01-01T00:00:00Z"))),
            nullptr);
}

}  // namespace
}  // namespace meterway::devices
