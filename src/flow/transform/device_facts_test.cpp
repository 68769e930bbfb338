#include "flow/transform/device_facts.h"

#include <gtest/gtest.h>

namespace meterway::flow::transform {
namespace {

TEST(DeviceFacts, AVersionIsTwoNumbersWhateverStandsBesides) {
  EXPECT_EQ(parse_gbcs_version("4.2"), (GbcsVersion{4, 2}));
  EXPECT_EQ(parse_gbcs_version("v3.0"), (GbcsVersion{3, 0}));
  EXPECT_EQ(parse_gbcs_version("2"), (GbcsVersion{2, 0}));
  EXPECT_EQ(parse_gbcs_version("1.1.3"), (GbcsVersion{1, 1}));
  for (const auto* text : {"", "v", "x", "4.", "4.x", "4-2", "0.8", "-1.0", "4.2b", "99999999999.0"}) {
    EXPECT_FALSE(parse_gbcs_version(text).known()) << text;
  }
  EXPECT_LT((GbcsVersion{3, 12}), (GbcsVersion{4, 0}));
  EXPECT_LT((GbcsVersion{3, 2}), (GbcsVersion{3, 12}));
}

TEST(DeviceFacts, LettersOfAVariantSayTwinAndPolyphase) {
  EXPECT_FALSE(device_facts("", "").twin_element);
  EXPECT_FALSE(device_facts("ADEF", "").polyphase);
  EXPECT_TRUE(device_facts("BD", "").twin_element);
  EXPECT_FALSE(device_facts("BD", "").polyphase);
  EXPECT_TRUE(device_facts("CDE", "").polyphase);
  EXPECT_TRUE(device_facts("ADE", "").one_element);
  EXPECT_FALSE(device_facts("BD", "").one_element);
  EXPECT_FALSE(device_facts("", "").one_element) << "not known to have but one";
  EXPECT_EQ(device_facts("C", "3.2").gbcs, (GbcsVersion{3, 2}));
}

}  // namespace
}  // namespace meterway::flow::transform
