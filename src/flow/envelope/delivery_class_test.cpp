#include "flow/envelope/delivery_class.h"

#include <gtest/gtest.h>

namespace meterway::flow {
namespace {

TEST(DeliveryClass, PutsPrepaymentSupplyAndOutagesFirst) {
  EXPECT_EQ(class_of_service("2.2"), DeliveryClass::Prepayment);
  EXPECT_EQ(class_of_service("7.2"), DeliveryClass::Prepayment);
  EXPECT_EQ(class_of_service("1.5"), DeliveryClass::Prepayment);
  EXPECT_EQ(class_of_device_alert({0x8F0F}), DeliveryClass::Prepayment);
  EXPECT_EQ(class_of_device_alert({0x8F36}), DeliveryClass::Outage);
  EXPECT_EQ(class_of_dcc_alert("AD1"), DeliveryClass::Outage);
  EXPECT_EQ(order(DeliveryClass::Outage), order(DeliveryClass::Prepayment));
  for (std::size_t i = 0; i < kDeliveryClasses; ++i) EXPECT_GE(order(delivery_class_at(i)), 1u);
}

TEST(DeliveryClass, TakesTheLongestCodeThatNamesAService) {
  EXPECT_EQ(class_of_service("7.13"), DeliveryClass::OnDemand) << "not 7.1";
  EXPECT_EQ(class_of_service("11.2"), DeliveryClass::OnDemand);
  EXPECT_EQ(class_of_service("11.1"), DeliveryClass::Bulk);
  EXPECT_EQ(class_of_service("6.20.1"), DeliveryClass::Install);
  EXPECT_EQ(class_of_service("6.2.1"), DeliveryClass::OnDemand);
}

TEST(DeliveryClass, HasAPlaceForWhatNoRowNames) {
  EXPECT_EQ(class_of_device_alert({0x0000}), DeliveryClass::Alert);
  EXPECT_EQ(class_of_dcc_alert("N7"), DeliveryClass::Alert);
  EXPECT_EQ(class_of_service("99.9"), DeliveryClass::OnDemand);
}

TEST(DeliveryClass, IsReadAsItIsWritten) {
  for (std::size_t i = 0; i < kDeliveryClasses; ++i) {
    const auto one = delivery_class_at(i);
    EXPECT_EQ(delivery_class_named(name(one)), one);
    EXPECT_GT(waits_at_most(one), 0u);
  }
  EXPECT_FALSE(delivery_class_named("urgent"));
}

}  // namespace
}  // namespace meterway::flow
