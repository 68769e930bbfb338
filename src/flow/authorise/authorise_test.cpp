#include "flow/authorise/authorise.h"

#include <gtest/gtest.h>

namespace meterway::flow::authorise {
namespace {

const Eui64 kSupplier(0x90b3d51f30010000);
const Eui64 kOther(0x90b3d51f30030000);
const UtcTime kNow = *from_iso8601("2026-06-01T00:00:00Z");

registry::User user(std::vector<UserRole> roles) {
  return {kSupplier, "supplier", std::move(roles), registry::UserState::Live, ""};
}

registry::Device meter(std::vector<registry::Responsibility> responsible) {
  registry::Device device;
  device.type = DeviceType::ESME;
  device.responsible = std::move(responsible);
  return device;
}

const duis::Service& service(std::string_view variant) { return *duis::find_service(variant); }

TEST(Responsible, WhereTheRegistryDoesNotSayNobodyIsTurnedAway) {
  EXPECT_TRUE(is_responsible(user({UserRole::IS}), service("4.1.1"), meter({}), kNow));
}

TEST(Responsible, TheSupplierInTheRegistryIsAndAnotherIsNot) {
  EXPECT_TRUE(is_responsible(user({UserRole::IS}), service("4.1.1"), meter({{UserRole::IS, kSupplier, {}, {}}}), kNow));
  EXPECT_FALSE(is_responsible(user({UserRole::IS}), service("4.1.1"), meter({{UserRole::IS, kOther, {}, {}}}), kNow));
}

TEST(Responsible, OnlyInTheRoleThatTheServiceIsFor) {
  const auto device = meter({{UserRole::ES, kSupplier, {}, {}}, {UserRole::IS, kOther, {}, {}}});
  EXPECT_FALSE(is_responsible(user({UserRole::IS, UserRole::ES}), service("4.1.1"), device, kNow))
      << "an export supplier does not read import";
  EXPECT_TRUE(is_responsible(user({UserRole::IS, UserRole::ES}), service("4.2"), device, kNow));
}

TEST(Responsible, FromItsFirstMomentUntilJustBeforeItsLast) {
  const auto from = [](UtcTime time) { return meter({{UserRole::IS, kSupplier, time, {}}}); };
  const auto until = [](UtcTime time) { return meter({{UserRole::IS, kSupplier, {}, time}}); };
  const auto moment = std::chrono::microseconds(1);
  EXPECT_TRUE(is_responsible(user({UserRole::IS}), service("4.1.1"), from(kNow), kNow));
  EXPECT_FALSE(is_responsible(user({UserRole::IS}), service("4.1.1"), from(kNow + moment), kNow));
  EXPECT_FALSE(is_responsible(user({UserRole::IS}), service("4.1.1"), until(kNow), kNow));
  EXPECT_TRUE(is_responsible(user({UserRole::IS}), service("4.1.1"), until(kNow + moment), kNow));
}

TEST(Responsible, OtherUsersReadWhatTheyAreEligibleFor) {
  const auto device = meter({{UserRole::IS, kOther, {}, {}}});
  EXPECT_TRUE(is_responsible(user({UserRole::OU}), service("4.8.1"), device, kNow));
  EXPECT_FALSE(is_responsible(user({UserRole::OU}), service("4.1.1"), device, kNow))
      << "not eligible, so not responsible either";
}

TEST(Fits, AServiceFitsTheDevicesOfItsUseCases) {
  EXPECT_TRUE(fits(service("4.1.1"), DeviceType::ESME));
  EXPECT_TRUE(fits(service("4.1.1"), DeviceType::GSME));
  EXPECT_TRUE(fits(service("4.1.1"), DeviceType::GPF));
  EXPECT_FALSE(fits(service("4.1.1"), DeviceType::CHF));
  EXPECT_FALSE(fits(service("4.1.1"), DeviceType::PPMID));
  EXPECT_TRUE(fits(service("8.11"), DeviceType::CHF));
  EXPECT_FALSE(fits(service("8.11"), DeviceType::ESME));
  EXPECT_TRUE(fits(service("2.2"), DeviceType::ESME));
  EXPECT_TRUE(fits(service("2.2"), DeviceType::GSME));
  EXPECT_FALSE(fits(service("2.2"), DeviceType::PPMID));
}

TEST(Allows, OnlyWhatIsInstalledAnswersAndWhatHasLeftNeverDoes) {
  using registry::DeviceState;
  EXPECT_TRUE(allows(DeviceState::Commissioned, service("4.1.1")));
  EXPECT_TRUE(allows(DeviceState::InstalledNotCommissioned, service("4.1.1")));
  EXPECT_FALSE(allows(DeviceState::Pending, service("4.1.1")));
  EXPECT_FALSE(allows(DeviceState::Whitelisted, service("4.1.1")));
  EXPECT_TRUE(allows(DeviceState::Whitelisted, service("8.1.1")));
  EXPECT_FALSE(allows(DeviceState::Decommissioned, service("4.1.1")));
  EXPECT_FALSE(allows(DeviceState::Withdrawn, service("8.1.1")));
}

}  // namespace
}  // namespace meterway::flow::authorise
