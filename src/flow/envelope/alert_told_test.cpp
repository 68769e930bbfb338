#include "flow/envelope/alert_told.h"

#include <gtest/gtest.h>

namespace meterway::flow {
namespace {

const gbcs::AlertRoute& row(std::uint16_t alert, DeviceType type) { return *gbcs::find_alert_route(alert, type); }

TEST(AlertTold, EveryRowSaysWhoIsTold) {
  for (const auto& route : gbcs::alert_routes()) {
    const auto told = read_alert_told(route.told);
    ASSERT_TRUE(told) << std::hex << route.alert;
    EXPECT_TRUE(route.logged_only() ? told->nobody() : told->addressee != route.to_dcc()) << std::hex << route.alert;
  }
}

TEST(AlertTold, OnlyARowThatIsNotFirmCanBeSet) {
  AlertTolds tolds;
  EXPECT_FALSE(set_alert_told(tolds, "8f36", "IS")) << "the network operator, by the manual and by its bytes";
  EXPECT_FALSE(set_alert_told(tolds, "8f99", "IS"));
  EXPECT_FALSE(set_alert_told(tolds, "8f01", "the neighbour"));
  ASSERT_TRUE(set_alert_told(tolds, "8F20", "ED"));
  ASSERT_TRUE(set_alert_told(tolds, "8f01", "addressee ED"));
  EXPECT_EQ(told_by(row(0x8F20, DeviceType::CHF), tolds).roles, duis::role_bit(UserRole::ED));
  EXPECT_TRUE(told_by(row(0x8F01, DeviceType::ESME), tolds).addressee);
  EXPECT_EQ(told_by(row(0x8F01, DeviceType::ESME), tolds).roles, duis::role_bit(UserRole::ED));
}

TEST(AlertTold, AFirmRowOfACodeKeepsItsOwnWhereAnotherDevicesIsSet) {
  AlertTolds tolds;
  ASSERT_TRUE(set_alert_told(tolds, "8f1e", ""));
  EXPECT_TRUE(told_by(row(0x8F1E, DeviceType::ESME), tolds).addressee);
  EXPECT_TRUE(told_by(row(0x8F1E, DeviceType::CHF), tolds).nobody());
}

}  // namespace
}  // namespace meterway::flow
