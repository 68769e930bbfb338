#include "field/sim/local_order.h"

#include <gtest/gtest.h>

namespace meterway::field {
namespace {

constexpr Eui64 kMeter{0x00DB1234567890A0}, kDisplay{0x00DB1234567890A4};

TEST(HomeOrder, IsTheSameAfterTheSocket) {
  for (const auto act : {LocalAct::TopUp, LocalAct::EmergencyCredit, LocalAct::EnableSupply}) {
    for (const auto display : {std::optional<Eui64>(), std::optional(kDisplay)}) {
      const HomeOrder order{kMeter, display, {act, act == LocalAct::TopUp ? "73946144332040217315" : ""}};
      const auto read = read_home_order(write_home_order(order));
      ASSERT_TRUE(read) << write_home_order(order);
      EXPECT_EQ(read->meter, kMeter);
      EXPECT_EQ(read->display, display);
      EXPECT_EQ(read->order.act, act);
      EXPECT_EQ(read->order.token, order.order.token);
    }
  }
}

TEST(HomeOrder, RefusesALineThatIsNone) {
  for (const auto* wrong : {"", "top-up", "top-up 00db1234567890a0", "top-up meter 7", "topup 00db1234567890a0 7",
                            "enable-supply 00db1234567890a0 00db1234567890a4", "enable-supply 00db1234567890a0 at=",
                            "emergency-credit 00db1234567890a0 at=00db1234567890a4 more"})
    EXPECT_FALSE(read_home_order(wrong)) << wrong;
}

TEST(HomeOrder, WhatCameOfItIsSaidInPenceOrInWords) {
  const HomeOrder order{kMeter, {}, {LocalAct::TopUp, "7"}};
  EXPECT_EQ(describe_act(order, LocalResult{"", 1'250'000}),
            "{\"device\":\"00db1234567890a0\",\"act\":\"top-up\",\"pence\":1250.0}\n");
  EXPECT_NE(describe_act(order, LocalResult{"taken before"}).find("\"error\":\"taken before\""), std::string::npos);
  EXPECT_NE(describe_act(order, Unexpected<std::string>{"no device"}).find("\"error\":\"no device\""),
            std::string::npos);
}

}  // namespace
}  // namespace meterway::field
