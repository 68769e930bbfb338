#include "flow/answer/inventory.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace meterway::flow::answer {
namespace {

registry::Device meter() {
  registry::Device device;
  device.eui = Eui64(0x00DB1234567890A0);
  device.type = DeviceType::ESME;
  device.state = registry::DeviceState::Commissioned;
  return device;
}

duis::Element told(const registry::Device& device) { return duis::inventory({inventory_entry(device)}).children.at(0); }

bool says(const duis::Element& element, const std::string& text) {
  return element.text == text || std::any_of(element.children.begin(), element.children.end(),
                                             [&](const auto& child) { return says(child, text); });
}

TEST(Inventory, TellsEveryDetailOfTheRegistry) {
  auto device = meter();
  for (const auto name : registry::detail_names()) device.details[std::string(name)] = "of " + std::string(name);
  const auto element = told(device);
  for (const auto name : registry::detail_names()) {
    EXPECT_TRUE(says(element, "of " + std::string(name))) << name;
    const bool in_property = name == "PostCode" || name == "AddressIdentifier";
    EXPECT_EQ(element.text_at((in_property ? "PropertyFilter/" : "") + std::string(name)), "of " + std::string(name));
  }
  EXPECT_EQ(element.text_at("DeviceStatus"), "Commissioned");
}

TEST(Inventory, APropertyNeedsPostCodeAndHouse) {
  auto device = meter();
  device.details["PostCode"] = "AB1 2CD";
  EXPECT_EQ(told(device).child("PropertyFilter"), nullptr);
  device.details = {{"AddressIdentifier", "12"}};
  EXPECT_EQ(told(device).child("PropertyFilter"), nullptr);
}

TEST(Inventory, WhatHasNoLifeCycleHasNoStatus) {
  auto device = meter();
  for (const auto type : {DeviceType::IHD, DeviceType::CAD}) {
    device.type = type;
    EXPECT_EQ(told(device).child("DeviceStatus"), nullptr);
  }
}

}  // namespace
}  // namespace meterway::flow::answer
