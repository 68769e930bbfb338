#include <gtest/gtest.h>

#include "base/util/base64.h"
#include "base/util/clock.h"
#include "base/util/hex.h"
#include "base/util/random.h"
#include "base/util/utf8.h"

namespace meterway {
namespace {

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

TEST(Hex, ReadsEitherCaseAndIgnoresWhiteSpace) {
  EXPECT_EQ(from_hex("dE aD\nBe\tEf\r\n").value(), (Bytes{0xDE, 0xAD, 0xBE, 0xEF}));
  EXPECT_EQ(to_hex(Bytes{0xDE, 0xAD, 0x00}), "dead00");
}

TEST(Hex, PointsAtTheWrongCharacter) {
  EXPECT_EQ(from_hex("00zz").error(), (Error{ErrorCode::BadHex, 2}));
  EXPECT_EQ(from_hex("000").error(), (Error{ErrorCode::BadHex, 3}));
}

// RFC 4648 section 10.
TEST(Base64, AgreesWithTheVectorsOfTheRfc) {
  const std::pair<const char*, const char*> kVectors[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : kVectors) {
    EXPECT_EQ(to_base64(bytes_of(plain)), coded);
    EXPECT_EQ(from_base64(coded).value(), bytes_of(plain));
  }
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* text : {"Zg", "Zg=", "Z", "=", "Zg==Zg==", "Zm9$", "Zg===", "===="})
    EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Base64, IgnoresTheLineBreaksThatXmlContentMayHold) {
  EXPECT_EQ(from_base64(" Zm9v\r\n YmFy ").value(), bytes_of("foobar"));
}

TEST(DateTime, WritesAndReadsUtc) {
  const UtcTime time = from_iso8601("2015-01-01T00:00:00Z").value();
  EXPECT_EQ(time.time_since_epoch().count(), 1420070400000000);
  EXPECT_EQ(to_iso8601(time, 0), "2015-01-01T00:00:00Z");
  EXPECT_EQ(to_iso8601(time + std::chrono::milliseconds(125)), "2015-01-01T00:00:00.125Z");
}

TEST(DateTime, TakesOffsetsAndFractions) {
  EXPECT_EQ(from_iso8601("2026-07-01T01:30:00.5+01:00").value(), from_iso8601("2026-07-01T00:30:00.500Z").value());
  EXPECT_EQ(from_iso8601("2026-07-01T24:00:00Z").value(), from_iso8601("2026-07-02T00:00:00Z").value());
}

TEST(DateTime, RefusesDatesThatDoNotExist) {
  for (const char* text :
       {"2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:01Z", "2026-01-01 00:00:00Z",
        "2026-01-01T00:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+15:00", "2026-01-01T00:00:00Zx", ""}) {
    EXPECT_FALSE(from_iso8601(text)) << text;
  }
}

TEST(SeededRandom, GivesTheSameStreamForTheSameSeed) {
  SeededRandom a(7), b(7), c(8);
  EXPECT_EQ(a.next_u64(), b.next_u64());
  EXPECT_NE(a.next_u64(), c.next_u64());
}

TEST(Utf8, OneLineHasNothingThatEndsOrControlsIt) {
  for (const auto* text : {"", "East of England", "Gwynedd \xc3\xb4", "\xe2\x82\xac", "\xf0\x9f\x92\xa1", "\xc2\xa0"})
    EXPECT_TRUE(is_one_line(text)) << text;
  for (const auto* text : {"two\nlines", "\r", "\t", "\x1b[2J", "\x7f", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"}) {
    EXPECT_FALSE(is_one_line(text)) << text;
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const auto* text : {"\xff", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    EXPECT_FALSE(is_utf8(text));
    EXPECT_FALSE(is_one_line(text));
  }
  EXPECT_FALSE(is_one_line(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace meterway
