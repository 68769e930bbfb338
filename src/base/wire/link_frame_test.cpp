#include "base/wire/link_frame.h"

#include <gtest/gtest.h>

namespace meterway::wire {
namespace {

const std::vector<LinkFrame>& examples() {
  static const std::vector<LinkFrame> frames{
      LinkHello{kLinkVersion, {0x90B3D51F30020000, 0x90B3D51F30020001}},
      LinkDeliver{7, 0x90B3D51F30020000, 0x90B3D51F30010000, {0xDD, 0x00, 0x01}},
      LinkDeliverFailed{7, LinkFailure::HubOffline},
      LinkInbound{0xFFFFFFFFFFFFFFFF, 0x90B3D51F30020000, 0x90B3D51F30010000, Bytes(3000, 0xDF)},
      LinkAck{0},
      LinkAck{7},
      LinkHello{kLinkOldestVersion, {1}},
      LinkHubEvent{8, 0x90B3D51F30020000, LinkHubEvent::Kind::SupplyLost, 1000, 0, 1180, 1181, 1182},
      LinkHubEvent{9, 0x90B3D51F30020000, LinkHubEvent::Kind::SupplyRestored, 1000, 1300, 1301, 1302, 1303},
      LinkImageBlock{10, {1, 2, 3}, 300, 200, Bytes(100, 0x5A)},
      LinkTransfer{11, 0x90B3D51F30020000, 0x90B3D51F30010000, {1, 2, 3}},
      LinkDeliverFailed{11, LinkFailure::ImageMissing},
      LinkMessageBlock{12, LinkMessageBlock::Of::Deliver, 1, 2, 4000, {false, true, 63, 2, 0, Bytes(1491, 0x5A)}},
      LinkMessageBlock{13, LinkMessageBlock::Of::Inbound, 1, 2, 4000, {true, false, 63, 3, 0, Bytes(127, 0x5A)}},
      LinkMessageBlock{13, LinkMessageBlock::Of::Inbound, 1, 2, 4000, {false, false, 63, 0, 3, {}}},
  };
  return frames;
}

TEST(LinkFrame, ReadsBackEveryFrameItWrites) {
  for (const auto& frame : examples()) {
    const auto again = read_link_frame(write_link_frame(frame));
    ASSERT_TRUE(again) << describe(again.error());
    EXPECT_EQ(*again, frame);
  }
}

TEST(LinkFrame, RefusesEveryTruncation) {
  for (const auto& frame : examples()) {
    const auto whole = write_link_frame(frame);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto read = read_link_frame(ByteView(whole).first(size));
      ASSERT_FALSE(read);
      EXPECT_EQ(read.error().code, ErrorCode::Truncated) << size;
    }
  }
}

TEST(LinkFrame, RefusesTrailingBytes) {
  for (const auto& frame : examples()) {
    auto bytes = write_link_frame(frame);
    bytes.push_back(0);
    EXPECT_EQ(read_link_frame(bytes).error().code, ErrorCode::TrailingBytes);
  }
}

TEST(LinkFrame, RefusesABlockThatIsNotWithinItsImage) {
  const auto code = [](std::uint32_t total, std::uint32_t offset, std::size_t size) {
    return read_link_frame(write_link_frame(LinkImageBlock{1, {}, total, offset, Bytes(size, 1)})).error().code;
  };
  EXPECT_EQ(code(100, 100, 1), ErrorCode::BadValue);
  EXPECT_EQ(code(100, 50, 51), ErrorCode::BadValue);
  EXPECT_EQ(code(100, 0, 0), ErrorCode::BadValue);
  EXPECT_EQ(code(0xFFFFFFFF, 0xFFFFFFF0, 8), ErrorCode::TooLarge);
  EXPECT_EQ(code(1 << 20, 0, kLinkMaxBlockBytes + 1), ErrorCode::TooLarge);
}

TEST(LinkFrame, RefusesABlockThatCannotBeOfItsMessage) {
  using Of = LinkMessageBlock::Of;
  const auto error = [](Of of, std::uint32_t total, std::uint16_t number, std::size_t size) {
    const LinkMessageBlock frame{1, of, 2, 3, total, {false, true, 63, number, 0, Bytes(size, 1)}};
    return read_link_frame(write_link_frame(frame)).error();
  };
  EXPECT_EQ(error(Of{3}, 100, 1, 50), (Error{ErrorCode::UnknownCode, 9}));
  EXPECT_EQ(error(Of::Deliver, 0, 1, 50), (Error{ErrorCode::BadValue, 26}));
  EXPECT_EQ(error(Of::Deliver, kLinkMaxMessageBytes + 1, 1, 50), (Error{ErrorCode::TooLarge, 26}));
  EXPECT_EQ(error(Of::Deliver, 100, 1, 101), (Error{ErrorCode::BadValue, 30}));
  EXPECT_EQ(error(Of::Deliver, 100, 0, 50), (Error{ErrorCode::BadValue, 30})) << "an acknowledgement has no data";
  EXPECT_EQ(error(Of::Deliver, 100, 1, 0), (Error{ErrorCode::BadValue, 30})) << "a block has some";
}

TEST(LinkFrame, HasTheLayoutOfTheDocument) {
  EXPECT_EQ(write_link_frame(LinkHello{1, {0x0102030405060708}}),
            (Bytes{1, 'M', 'W', 'L', 'K', 1, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(write_link_frame(LinkDeliver{2, 3, 4, {0xAA}}),
            (Bytes{2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1, 0xAA}));
  EXPECT_EQ(write_link_frame(LinkDeliverFailed{2, LinkFailure::UnknownHub}), (Bytes{3, 0, 0, 0, 0, 0, 0, 0, 2, 1}));
  EXPECT_EQ(write_link_frame(LinkHubEvent{2, 3, LinkHubEvent::Kind::SupplyRestored, 4, 5, 6, 7, 8}),
            (Bytes{6, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0,
                   0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 8}));
  EXPECT_EQ(write_link_frame(
                LinkMessageBlock{2, LinkMessageBlock::Of::Inbound, 3, 4, 5, {true, false, 63, 6, 7, {0xAA, 0xBB}}}),
            (Bytes{9, 0, 0, 0, 0, 0, 0, 0, 2, 4, 0,    0,    0, 0, 0, 0, 0, 3,    0,   0,
                   0, 0, 0, 0, 0, 4, 0, 0, 0, 5, 0xE0, 0xBF, 0, 6, 0, 7, 2, 0xAA, 0xBB}));
  EXPECT_EQ(write_link_frame(LinkAck{2}), (Bytes{5, 0, 0, 0, 0, 0, 0, 0, 2}));
}

TEST(LinkFrame, NamesTheFieldThatIsWrong) {
  const auto error = [](Bytes bytes) { return read_link_frame(bytes).error(); };
  EXPECT_EQ(error({10}), (Error{ErrorCode::UnknownCode, 0}));
  EXPECT_EQ(error({1, 'M', 'W', 'L', 'X', 1, 0, 1}), (Error{ErrorCode::BadTag, 4}));
  EXPECT_EQ(error({1, 'M', 'W', 'L', 'K', 0, 0, 1}), (Error{ErrorCode::Unsupported, 5}));
  EXPECT_EQ(error({1, 'M', 'W', 'L', 'K', kLinkVersion + 1, 0, 1}), (Error{ErrorCode::Unsupported, 5}));
  EXPECT_EQ(error({1, 'M', 'W', 'L', 'K', 1, 0, 0}), (Error{ErrorCode::BadValue, 6}));
  EXPECT_EQ(error({1, 'M', 'W', 'L', 'K', 1, 0xFF, 0xFF}), (Error{ErrorCode::TooLarge, 6}));
  EXPECT_EQ(error({3, 0, 0, 0, 0, 0, 0, 0, 2, 8}), (Error{ErrorCode::UnknownCode, 9}));
  EXPECT_EQ(error(write_link_frame(LinkDeliver{0, 1, 1, {1}})), (Error{ErrorCode::BadValue, 1}));
  EXPECT_EQ(error(write_link_frame(LinkDeliver{1, 1, 1, {}})), (Error{ErrorCode::BadValue, 25}));
  using Event = LinkHubEvent;
  EXPECT_EQ(error(write_link_frame(Event{1, 1, Event::Kind{3}, 1, 0, 1, 1, 1})), (Error{ErrorCode::UnknownCode, 17}));
  EXPECT_EQ(error(write_link_frame(Event{1, 1, Event::Kind::SupplyLost, 1, 2, 1, 1, 1})),
            (Error{ErrorCode::BadValue, 26}));
  EXPECT_EQ(error(write_link_frame(Event{1, 1, Event::Kind::SupplyRestored, 3, 2, 1, 1, 1})),
            (Error{ErrorCode::BadValue, 26}));
  auto huge = write_link_frame(LinkInbound{1, 1, 1, {1}});
  huge[25] = 0xFF;  // claims 4 GB; nothing of that size may be allocated for it
  EXPECT_EQ(error(huge), (Error{ErrorCode::TooLarge, 25}));
}

}  // namespace
}  // namespace meterway::wire
