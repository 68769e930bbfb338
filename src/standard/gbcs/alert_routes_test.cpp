#include "standard/gbcs/alert_routes.h"

#include <gtest/gtest.h>

#include "standard/gbcs/alerts.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::gbcs {
namespace {

TEST(AlertRoutes, EveryRowHasANameAndAMessageWhoseUseCaseIsProtectedTheSameWay) {
  std::size_t alerts = 0;
  for (const auto& route : alert_routes()) {
    EXPECT_FALSE(alert_name(route.alert).empty()) << std::hex << route.alert;
    EXPECT_FALSE(route.source.empty()) << std::hex << route.alert;
    if (route.logged_only()) continue;
    ++alerts;
    const auto* use_case = find_use_case(route.message);
    ASSERT_NE(use_case, nullptr) << std::hex << route.alert << " in " << route.message.hex();
    if (use_case->alert == Protection::Any || use_case->alert == Protection::None) continue;
    EXPECT_EQ(use_case->alert == Protection::Sign, route.protection == AlertProtection::Signature)
        << std::hex << route.alert << " in " << route.message.hex();
  }
  EXPECT_GT(alerts, 170u);
}

TEST(AlertRoutes, TheDevicesTypeDecidesWhichRowItIs) {
  EXPECT_EQ(find_alert_route(0x8F0A, DeviceType::ESME)->message, MessageCode{0x0061});
  EXPECT_EQ(find_alert_route(0x8F0A, DeviceType::GSME)->message, MessageCode{0x008B});
  EXPECT_EQ(find_alert_route(0x8F75, DeviceType::CHF)->addressee, PartyRole::WanProvider);
  EXPECT_EQ(find_alert_route(0x8F75, DeviceType::ESME)->second, PartyRole::NetworkOperator);
  EXPECT_EQ(find_alert_route(0x8F36, DeviceType::GSME), nullptr) << "a gas meter tells of no supply of electricity";
  EXPECT_EQ(find_alert_route(0x1234, DeviceType::ESME), nullptr);
}

TEST(AlertRoutes, HubAlertsOnTheirRadioHaveAMacThoughTheirRangeIsSigned) {
  for (const std::uint16_t alert : {0x8F12, 0x8F20, 0x8F2A, 0x8F2D})
    EXPECT_EQ(find_alert_route(alert, DeviceType::CHF)->protection, AlertProtection::Mac) << std::hex << alert;
}

TEST(AlertRoutes, WhatIsOnlyLoggedHasNobodyToTell) {
  const auto* row = find_alert_route(0x8F70, DeviceType::ESME);
  ASSERT_NE(row, nullptr);
  EXPECT_TRUE(row->logged_only());
  EXPECT_EQ(row->log, "security");
  EXPECT_EQ(row->told, "");
}

}  // namespace
}  // namespace meterway::gbcs
