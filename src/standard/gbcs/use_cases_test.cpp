#include "standard/gbcs/use_cases.h"

#include <gtest/gtest.h>

namespace meterway::gbcs {
namespace {

TEST(UseCases, HoldEveryRowOfTheMappingTable) { EXPECT_EQ(use_cases().size(), 243u); }

TEST(UseCases, AreFoundByMessageCode) {
  const auto* row = find_use_case(MessageCode{0x0027});
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->use_case, "ECS17b");
  EXPECT_EQ(row->payload, PayloadKind::Dlms);
  EXPECT_TRUE(row->encrypted);
  EXPECT_TRUE(row->serves("4.1.1"));
  EXPECT_FALSE(row->serves("4.1"));
  EXPECT_FALSE(row->critical());
}

TEST(UseCases, AreFoundByName) {
  const auto* row = find_use_case("ECS01a");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->code.value, 0x0019);
  EXPECT_TRUE(row->critical());
  EXPECT_EQ(find_use_case("CS02b")->code.value, 0x0100);
}

TEST(UseCases, DoNotKnowOtherCodesOrNames) {
  EXPECT_EQ(find_use_case(MessageCode{0}), nullptr);
  EXPECT_EQ(find_use_case(MessageCode{0xFFFF}), nullptr);
  EXPECT_EQ(find_use_case("ECS"), nullptr);
}

TEST(UseCases, KeepThoseThatAreNoRemotePartyMessageWithoutACode) {
  const auto* row = find_use_case("CS05a");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->code.value, 0);
  EXPECT_EQ(row->payload, PayloadKind::None);
}

}  // namespace
}  // namespace meterway::gbcs
