#include "base/wire/general_block.h"

#include <gtest/gtest.h>

namespace meterway::wire {
namespace {

TEST(GeneralBlock, HasTheLayoutOfTheGreenBook) {
  EXPECT_EQ(write_general_block({true, false, 1, 2, 3, {0xAA}}), (Bytes{0xE0, 0x81, 0, 2, 0, 3, 1, 0xAA}));
  EXPECT_EQ(write_general_block({false, true, 63, 0x0102, 0, {}}), (Bytes{0xE0, 0x7F, 1, 2, 0, 0, 0}));
}

TEST(GeneralBlock, ReadsBackWhatItWritesAndNoTruncationOfIt) {
  for (const std::size_t size : {0, 1, 127, 128, 255, 256, 1491}) {
    const GeneralBlock block{size == 1, size > 1, static_cast<std::uint8_t>(size % 64), 7, 8, Bytes(size, 0x5A)};
    const auto bytes = write_general_block(block);
    const auto again = read_general_block(bytes);
    ASSERT_TRUE(again) << describe(again.error());
    EXPECT_EQ(*again, block);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(read_general_block(ByteView(bytes).first(cut)));
  }
}

TEST(GeneralBlock, RefusesAnotherTagALongFormOfAShortLengthAndBytesLeftOver) {
  EXPECT_EQ(read_general_block(Bytes{0xDD, 0x81, 0, 2, 0, 3, 0}).error().code, ErrorCode::BadTag);
  EXPECT_EQ(read_general_block(Bytes{0xE0, 0x81, 0, 2, 0, 3, 0x81, 1, 0xAA}).error().code, ErrorCode::BadLength);
  EXPECT_EQ(read_general_block(Bytes{0xE0, 0x81, 0, 2, 0, 3, 1, 0xAA, 0}).error().code, ErrorCode::TrailingBytes);
}

TEST(GeneralBlock, FillsAnApduToItsLastOctetWhereLengthsAllowIt) {
  for (std::size_t most = 0; most < 2000; ++most) {
    const auto room = general_block_room(most);
    const auto octets = [](std::size_t data) {
      return write_general_block({false, false, 0, 1, 0, Bytes(data, 0)}).size();
    };
    if (room == 0) {
      EXPECT_GT(octets(1), most);
      continue;
    }
    EXPECT_LE(octets(room), most);
    EXPECT_GT(octets(room + 1), most) << most;
  }
  EXPECT_EQ(general_block_room(1500), 1491u);
}

}  // namespace
}  // namespace meterway::wire
