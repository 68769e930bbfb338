#include "standard/duis/services.h"

#include <gtest/gtest.h>

#include <set>

namespace meterway::duis {
namespace {

TEST(Services, KnowsEveryVariantAndNoOther) {
  EXPECT_EQ(all_services().size(), 129u);
  for (const auto& service : all_services()) EXPECT_EQ(find_service(service.variant), &service);
  EXPECT_EQ(find_service("4.1"), nullptr);
  EXPECT_EQ(find_service(""), nullptr);
  EXPECT_EQ(find_service("99.9"), nullptr);
}

TEST(Services, SendsACriticalRequestToTransformAndItsSignedPreCommandToSend) {
  const auto* tariff = find_service("1.1.1");
  ASSERT_NE(tariff, nullptr);
  EXPECT_EQ(tariff->body_element, "UpdateImportTariffPrimaryElement");
  EXPECT_TRUE(tariff->critical);
  EXPECT_FALSE(tariff->permits(CommandVariant::SendCommand));
  EXPECT_EQ(tariff->web_service(CommandVariant::Transform), WebService::Transform);
  EXPECT_EQ(tariff->web_service(CommandVariant::SendSigned), WebService::Send);
  EXPECT_EQ(tariff->web_service(CommandVariant::LocalSigned), WebService::DccOnly);
  EXPECT_EQ(tariff->future_dating, FutureDating::Device);
  EXPECT_TRUE(tariff->eligible(UserRole::GS));
  EXPECT_FALSE(tariff->eligible(UserRole::ED));
}

TEST(Services, AnswersANonDeviceRequestFromTheDccAlone) {
  for (const auto& service : all_services()) {
    EXPECT_EQ(service.non_device, service.permits(CommandVariant::NonDevice)) << service.variant;
    if (service.non_device) {
      EXPECT_EQ(service.web_services, "-------D") << service.variant;
    }
  }
}

TEST(Services, LetsOnlyCriticalOnesBeTransformed) {
  for (const auto& service : all_services())
    EXPECT_EQ(service.critical, service.permits(CommandVariant::Transform)) << service.variant;
}

TEST(Services, GivesEachVariantABodyElementOfItsOwn) {
  std::set<std::string_view> seen;
  for (const auto& service : all_services()) EXPECT_TRUE(seen.insert(service.body_element).second) << service.variant;
}

}  // namespace
}  // namespace meterway::duis
