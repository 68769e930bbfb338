#include "standard/ids/market.h"

#include <gtest/gtest.h>

namespace meterway {
namespace {

TEST(Mpxn, AnMpanHasThirteenDigitsAndTheLastIsRight) {
  // 1200023305967 and 2000050773706 are the examples by which suppliers explain the check digit.
  for (const auto* text : {"1200023305967", "2000050773706"}) {
    const auto read = Mpxn::parse(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->fuel(), Fuel::Electricity);
    EXPECT_EQ(read->text(), text);
    EXPECT_EQ(read->distributor(), std::string(text).substr(0, 2));
  }
  for (char last = '0'; last <= '9'; ++last) {
    const auto read = Mpxn::parse(std::string("120002330596") + last);
    EXPECT_EQ(read.has_value(), last == '7') << last;
    EXPECT_TRUE(read || read.error().code == ErrorCode::BadValue);
  }
}

TEST(Mpxn, AnMprnIsANumberOfUpToTenDigits) {
  EXPECT_EQ(Mpxn::parse("1000000001")->text(), "1000000001");
  EXPECT_EQ(*Mpxn::parse("0012345678"), *Mpxn::parse("12345678"));
  EXPECT_EQ(Mpxn::parse("12345678")->fuel(), Fuel::Gas);
  for (const auto* wrong : {"", "0", "12345678901", "123456789012", "12345678901234", "12a", "-1", " 12"})
    EXPECT_FALSE(Mpxn::parse(wrong)) << wrong;
}

TEST(Mpxn, ItsKeyReadsAsTheSameAndKeepsADistributorTogether) {
  for (const auto* text : {"1200023305967", "2000050773706", "1000000001", "1"}) {
    const auto point = *Mpxn::parse(text);
    ASSERT_EQ(point.key().size(), Mpxn::kKeyBytes);
    EXPECT_EQ(*Mpxn::from_key(point.key()), point);
  }
  EXPECT_LT(Mpxn::mpan(129999999999).key(), Mpxn::mpan(130000000000).key());
  EXPECT_FALSE(Mpxn::from_key("short"));
  EXPECT_FALSE(Mpxn::from_key(std::string("\2abcde")));
  EXPECT_FALSE(Mpxn::from_key(std::string("\1\xff\xff\xff\xff\xff")));
}

TEST(MarketParticipant, HasUpToFourCapitalsAndDigits) {
  for (const auto* text : {"EDFE", "BGT", "X", "1A2B"}) EXPECT_EQ(MarketParticipant::parse(text)->text(), text);
  for (const auto* wrong : {"", "EDFES", "edfe", "ED E", "E-F"}) EXPECT_FALSE(MarketParticipant::parse(wrong)) << wrong;
  EXPECT_TRUE(MarketParticipant().empty());
  EXPECT_EQ(MarketParticipant::from_wire(MarketParticipant::parse("BGT")->wire()), *MarketParticipant::parse("BGT"));
}

}  // namespace
}  // namespace meterway
