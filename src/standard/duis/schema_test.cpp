#include "standard/duis/schema.h"

#include <gtest/gtest.h>

#include <set>

#include "base/xml/pattern.h"
#include "standard/duis/schema_value.h"
#include "standard/duis/services.h"

namespace meterway::duis::schema {
namespace {

const ComplexType* find_type(std::string_view name) {
  for (const auto& type : complex_types()) {
    if (type.name == name) return &type;
  }
  return nullptr;
}

const SimpleType& simple(std::string_view name) {
  for (const auto& type : simple_types()) {
    if (type.name == name) return type;
  }
  ADD_FAILURE() << name;
  return simple_types()[0];
}

bool fits(std::string_view type, std::string text) { return !broken_rule(simple(type), text); }

TEST(SchemaTables, HaveABodyElementForEveryServiceAndOneForTheSignedPreCommand) {
  const auto* body = find_type("sr:Request.Body");
  ASSERT_NE(body, nullptr);
  std::set<std::string_view> elements;
  for (std::size_t at = body->particle + 1; at < body->particle_end; ++at)
    elements.insert(names()[particles()[at].name].local);
  EXPECT_EQ(elements.size(), 130u);
  EXPECT_TRUE(elements.count("SignedPreCommand"));
  for (const auto& service : all_services()) EXPECT_TRUE(elements.count(service.body_element)) << service.variant;
}

TEST(SchemaTables, NameEveryServiceVariantAsTheServiceTableDoes) {
  const auto values = values_of(simple("sr:ServiceReferenceVariant"));
  for (const auto& service : all_services()) {
    EXPECT_TRUE(fits("sr:ServiceReferenceVariant", std::string(service.variant))) << service.variant;
    EXPECT_TRUE(fits("sr:ServiceReference", std::string(service.reference))) << service.reference;
  }
  EXPECT_EQ(values.size(), all_services().size());
}

TEST(SchemaTables, HoldPatternsThatCompile) {
  for (const auto source : patterns()) EXPECT_TRUE(xml::Pattern::compile(source)) << source;
}

TEST(SchemaTables, FindNamesBySpaceAndText) {
  EXPECT_NE(find_name(Space::Gateway, "Request"), kNoName);
  EXPECT_EQ(find_name(Space::Gateway, "NoSuchElement"), kNoName);
  EXPECT_EQ(find_name(Space::Signature, "Request"), kNoName);
  EXPECT_EQ(space_of("urn:x"), Space::Other);
}

TEST(SimpleValue, KeepsToRangesDigitsAndLengths) {
  EXPECT_TRUE(fits("sr:PriceScale", "-128"));
  EXPECT_FALSE(fits("sr:PriceScale", "-129"));
  EXPECT_TRUE(fits("sr:SubGHzConfiguration.LimitedCriticalDutyCycleThreshold", "1.6"));
  EXPECT_FALSE(fits("sr:SubGHzConfiguration.LimitedCriticalDutyCycleThreshold", "1.5"));  // excluded
  EXPECT_FALSE(fits("sr:SubGHzConfiguration.LimitedCriticalDutyCycleThreshold", "1.65"));
  EXPECT_TRUE(fits("sr:UPRN", "000123456789012"));
  EXPECT_FALSE(fits("sr:UPRN", "1234567890123"));
  EXPECT_TRUE(fits("sr:ActivateFirmware.FirmwareHash", std::string(64, 'a')));
  EXPECT_FALSE(fits("sr:ActivateFirmware.FirmwareHash", std::string(62, 'a')));
  EXPECT_TRUE(fits("sr:FutureDatedDeviceAlertMessage.FutureDatedAlertCode", "8f66"));
  EXPECT_FALSE(fits("sr:FutureDatedDeviceAlertMessage.FutureDatedAlertCode", "8F68"));
}

TEST(SimpleValue, CountsCharactersWhereTheTypeIsText) {
  EXPECT_TRUE(fits("sr:PostCode", "AB1 2\xC3\xA9"));
  EXPECT_FALSE(fits("sr:PostCode", "AB1 \xC3\xA9"));
}

TEST(SimpleValue, NormalisesWhiteSpaceAsTheTypeDemands) {
  std::string role = "  Supplier\n";
  EXPECT_FALSE(broken_rule(simple("sr:RemotePartyRole"), role));
  EXPECT_EQ(role, "Supplier");
  EXPECT_FALSE(fits("sr:ServiceReference", " 4.1"));  // a string keeps its blanks
}

TEST(SimpleValue, BoundsTheCounterOfARequestIdAt64Bits) {
  const std::string ids = "90-B3-D5-1F-30-01-00-00:00-db-12-34-56-78-90-a0:";
  EXPECT_TRUE(fits("sr:RequestIDType", ids + "18446744073709551615"));
  EXPECT_FALSE(fits("sr:RequestIDType", ids + "18446744073709551616"));
  EXPECT_FALSE(fits("sr:RequestIDType", ids + "01"));
  EXPECT_FALSE(fits("sr:RequestIDType", ids));
}

}  // namespace
}  // namespace meterway::duis::schema
