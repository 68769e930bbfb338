#include "base/wire/reader.h"

#include <gtest/gtest.h>

#include "base/wire/writer.h"

namespace meterway::wire {
namespace {

TEST(Reader, KeepsItsFirstErrorAndGivesZerosAfterIt) {
  const Bytes bytes{0x01, 0x02};
  Reader in(bytes);
  EXPECT_EQ(in.u8("first"), 1);
  EXPECT_EQ(in.u32("second"), 0u);
  EXPECT_EQ(in.u8("third"), 0);
  EXPECT_EQ(in.error().code, ErrorCode::Truncated);
  EXPECT_STREQ(in.error().field, "second");
}

TEST(Reader, RefusesLengthsThatAreNotMinimal) {
  for (const Bytes& bytes : {Bytes{0x81, 0x7F}, Bytes{0x82, 0x00, 0x80}, Bytes{0x80}, Bytes{0x85, 1, 1, 1, 1, 1}}) {
    Reader in(bytes);
    in.length("length");
    EXPECT_EQ(in.error().code, ErrorCode::BadLength);
  }
}

TEST(Reader, ReadsEveryLengthThatWriterWrites) {
  for (const std::size_t size : {0u, 1u, 127u, 128u, 255u, 256u, 65535u, 65536u, 16777216u}) {
    const Bytes bytes = Writer().length(size).take();
    Reader in(bytes);
    EXPECT_EQ(in.length("length"), size);
    EXPECT_TRUE(in.finish());
  }
}

// A date-time of "now" is nine zero octets: wider than any number, and shifting that far is undefined.
TEST(Writer, FillsNumbersWiderThanEightOctetsWithZeros) {
  EXPECT_EQ(Writer().number(0x0102, 9).take(), (Bytes{0, 0, 0, 0, 0, 0, 0, 1, 2}));
  EXPECT_EQ(Writer().number_le(0x0102, 9).take(), (Bytes{2, 1, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Reader, SaysWhatIsLeftOver) {
  const Bytes bytes{0x01, 0x02};
  Reader in(bytes, 100);
  in.u8("first");
  const auto done = in.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::TrailingBytes);
  EXPECT_EQ(done.error().offset, 101u);
}

}  // namespace
}  // namespace meterway::wire
