#include "standard/gbcs/message.h"

#include <gtest/gtest.h>

#include "base/util/hex.h"

namespace meterway::gbcs {
namespace {

/// A command with everything the outer layers know: wrapper, signature, and the parts of other information asked for.
Message example(std::size_t other_information_size) {
  Message message;
  message.header.counter = OriginatorCounter{1302};
  message.header.originator = Eui64(0x90B3D51F30000002);
  message.header.target = Eui64(0x00DB1234567890A2);
  message.header.code = MessageCode{0x0034};
  if (other_information_size >= 10) message.header.supplementary_party = Eui64(0x90B3D51F30010000);
  if (other_information_size >= 18) message.header.supplementary_counter = OriginatorCounter{1004};
  if (other_information_size == 26) message.header.supplementary_originator_counter = OriginatorCounter{2002};
  if (other_information_size > 26) message.header.supplementary_certificate = Bytes{0x30, 0x81, 0x80};
  if (other_information_size > 26) message.header.supplementary_certificate.resize(3 + 128, 0x05);
  message.content = {0xD9, 0x20, 0x00};
  return message;
}

TEST(Message, ReadsWhatItWritesInEveryFormOfOtherInformation) {
  for (const std::size_t size : {2u, 10u, 18u, 26u, 149u}) {
    const auto message = example(size);
    const auto read = read_message(write_message(message));
    ASSERT_TRUE(read) << size << ": " << describe(read.error());
    EXPECT_EQ(*read, message) << size;
  }
}

TEST(Message, KeepsTheThreeFormsOfTheSignatureFieldApart) {
  for (const auto form : {SignatureField::Absent, SignatureField::Empty, SignatureField::Present}) {
    auto message = example(2);
    message.signature_field = form;
    if (form == SignatureField::Present) message.signature.fill(0xA5);
    const auto read = read_message(write_message(message));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->signature_field, form);
    EXPECT_EQ(*read, message);
  }
}

TEST(Message, CarriesTheDateTimeOfResponses) {
  auto message = example(2);
  message.header.kind = Kind::Response;
  message.header.date_time = {0x07, 0xDF, 1, 1, 0xFF, 0, 0, 0, 0, 0x80, 0, 0xFF};
  EXPECT_EQ(read_message(write_message(message)).value(), message);
}

TEST(Message, WrappedWithItsMacReadsBackAndSignsTheSameBytes) {
  auto message = example(18);
  message.signature_field = SignatureField::Present;
  const auto unsigned_bytes = to_be_signed(message);
  message.mac.emplace();
  message.mac->fill(0x11);
  const auto read = read_message(write_message(message));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, message);
  EXPECT_EQ(to_be_signed(*read), unsigned_bytes);
  EXPECT_EQ(unsigned_bytes.front(), 0x09);
}

TEST(Message, RefusesEveryTruncationOfAWrappedMessage) {
  auto message = example(149);
  message.mac.emplace();
  const auto whole = write_message(message);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_message(ByteView(whole).first(size))) << size;
  }
}

TEST(Message, SaysWhereAndInWhichFieldItIsWrong) {
  struct Case {
    std::size_t at;
    std::uint8_t value;
    ErrorCode code;
    const char* field;
  };
  const auto good = write_message(example(2));
  for (const auto& wrong : {
           Case{0, 0xDE, ErrorCode::BadTag, "general signing"},
           Case{1, 0x08, ErrorCode::BadTag, "transaction id length"},
           Case{2, 0x04, ErrorCode::BadValue, "cra flag"},
           Case{11, 0x07, ErrorCode::BadTag, "originator length"},
           Case{20, 0x09, ErrorCode::BadTag, "target length"},
           Case{29, 0x0B, ErrorCode::BadLength, "date-time length"},
           Case{37, 0x41, ErrorCode::BadLength, "signature length"},
       }) {
    Bytes bytes = good;
    bytes[wrong.at] = wrong.value;
    const auto message = read_message(bytes);
    ASSERT_FALSE(message) << wrong.field;
    EXPECT_EQ(message.error().code, wrong.code) << wrong.field;
    EXPECT_EQ(message.error().offset, wrong.at) << wrong.field;
    EXPECT_STREQ(message.error().field, wrong.field);
  }
}

TEST(Message, RefusesOtherInformationOfAnyOtherLength) {
  const auto good = write_message(example(18));
  for (const std::uint8_t size : {0, 1, 3, 9, 11, 17, 19, 25, 27}) {
    Bytes bytes(good.begin(), good.begin() + 30);
    bytes.push_back(size);
    bytes.insert(bytes.end(), size, 0x30);
    bytes.insert(bytes.end(), {0x01, 0x00, 0x00});
    EXPECT_FALSE(read_message(bytes)) << int(size);
  }
}

TEST(Message, RefusesBytesAfterItsEnd) {
  for (const bool wrapped : {false, true}) {
    auto message = example(2);
    if (wrapped) message.mac.emplace();
    auto bytes = write_message(message);
    bytes.push_back(0);
    const auto read = read_message(bytes);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::TrailingBytes);
    EXPECT_EQ(read.error().offset, bytes.size() - 1);
  }
}

}  // namespace
}  // namespace meterway::gbcs
