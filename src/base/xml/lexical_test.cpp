#include "base/xml/lexical.h"

#include <gtest/gtest.h>

namespace meterway::xml {
namespace {

int order(std::string_view a, std::string_view b) {
  const int result = compare(*read_decimal(a), *read_decimal(b));
  return result < 0 ? -1 : result > 0 ? 1 : 0;
}

TEST(Decimal, ComparesByValueWhateverTheForm) {
  EXPECT_EQ(order("5.10", "5.1"), 0);
  EXPECT_EQ(order("+007", "7"), 0);
  EXPECT_EQ(order("-0", "0"), 0);
  EXPECT_EQ(order("9", "10"), -1);
  EXPECT_EQ(order("-9", "-10"), 1);
  EXPECT_EQ(order("-1", "0.5"), -1);
  EXPECT_EQ(order("1.25", "1.3"), -1);
  EXPECT_EQ(order("1.2", "1.25"), -1);
  EXPECT_EQ(order("18446744073709551616", "18446744073709551615"), 1);
}

TEST(Decimal, CountsDigitsThatMatter) {
  EXPECT_EQ(read_decimal("0012.300")->digits(), 3u);
  EXPECT_EQ(read_decimal("0")->digits(), 1u);
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const auto* text : {"", "-", "+", ".", "1e3", "1,5", "0x10", "--1", "1 2", "INF"})
    EXPECT_FALSE(read_decimal(text)) << text;
  EXPECT_FALSE(read_integer("1.0"));
  EXPECT_TRUE(read_decimal("1."));
  EXPECT_TRUE(read_decimal(".5"));
}

TEST(DateTime, TakesFractionsAndZones) {
  for (const auto* text : {"2030-01-15T09:00:00.00Z", "2028-02-29T23:59:59", "2000-02-29T00:00:00+14:00",
                           "2026-01-01T24:00:00Z", "-0001-01-01T00:00:00-13:59", "12026-01-01T00:00:00Z"}) {
    EXPECT_TRUE(is_date_time(text)) << text;
  }
}

TEST(DateTime, RefusesWhatTheCalendarLacks) {
  for (const auto* text : {"", "2030-01-15", "2030-13-15T09:00:00Z", "2027-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
                           "2030-04-31T00:00:00Z", "2030-01-15T24:00:01Z", "2030-01-15T09:60:00Z",
                           "2030-01-15T09:00:60Z", "2030-01-15T09:00:00.Z", "2030-01-15T09:00Z", "0000-01-01T00:00:00Z",
                           "02030-01-01T00:00:00Z", "230-01-01T00:00:00Z", "2030-01-15T09:00:00+14:01",
                           "2030-01-15T09:00:00z", "2030-01-15 09:00:00Z", "2030-01-15T09:00:00ZZ"}) {
    EXPECT_FALSE(is_date_time(text)) << text;
  }
}

TEST(Time, StandsAlone) {
  EXPECT_TRUE(is_time("07:00:00.00Z"));
  EXPECT_TRUE(is_time("24:00:00"));
  EXPECT_FALSE(is_time("7:00:00"));
  EXPECT_TRUE(is_date("2026-11-22"));
  EXPECT_FALSE(is_date("2026-11-22T00:00:00"));
}

TEST(Binary, CountsTheOctetsOfHexAndBase64) {
  EXPECT_EQ(hex_octets("8F66"), 2u);
  EXPECT_EQ(hex_octets(""), 0u);
  EXPECT_FALSE(hex_octets("8F6"));
  EXPECT_FALSE(hex_octets("8F6G"));
  EXPECT_EQ(base64_octets("ZGVmYXVsdA=="), 7u);
  EXPECT_EQ(base64_octets("ZGVm YXVs"), 6u);
  EXPECT_EQ(base64_octets(""), 0u);
  for (const auto* text : {"Z", "ZG", "ZGVmYXVsdA=", "ZGVmYXVsdB==", "ZGVm=YXV", "ZG*m", "====", "ZGVmYXVsdA==="}) {
    EXPECT_FALSE(base64_octets(text)) << text;
  }
}

TEST(WhiteSpace, CollapsesToSingleBlanks) { EXPECT_EQ(collapse(" \t a\r\n b  "), "a b"); }

TEST(Characters, AreCountedNotBytes) { EXPECT_EQ(count_characters("caf\xC3\xA9"), 4u); }

}  // namespace
}  // namespace meterway::xml
