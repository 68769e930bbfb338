#include "standard/gbcs/document.h"

#include <gtest/gtest.h>

#include "base/util/hex.h"

namespace meterway::gbcs {
namespace {

// The worked read of a firmware version: command ECS52.
constexpr std::string_view kCommand =
    "dd00000000000047 1100000000 df09 01 00000000000003e8 08 90b3d51f30010000 08 00db1234567890a0 00 020059"
    "13 d9200003e800 01 01 0001 0000000201ff 02 01 00 00 a25a51a93bafa5c9e2b224bd";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string command_json() { return to_json(from_hex(kCommand).value(), nullptr).value(); }

TEST(Document, GivesTheMessageBack) {
  const auto bytes = from_json(command_json());
  ASSERT_TRUE(bytes) << describe(bytes.error());
  EXPECT_EQ(*bytes, from_hex(kCommand).value());
}

TEST(Document, NamesWhatTheBytesMean) {
  const auto text = to_text(from_hex(kCommand).value(), nullptr).value();
  for (const auto* part :
       {"kind: command", "ECS52", "counter: 1000", "FirmwareVersion  [get, class 1, 0-0:0.2.1.255, attribute 2]"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
}

TEST(Document, CanBeEditedIntoAnotherMessage) {
  const auto json = replaced(replaced(command_json(), "\"1000\"", "\"1001\""), "200003e8", "200003e9");
  const auto bytes = from_json(json);
  ASSERT_TRUE(bytes) << describe(bytes.error());
  EXPECT_EQ(read_message(*bytes)->header.counter.value, 1001u);
}

TEST(Document, KeepsAContentOfUnknownShapeAsBytes) {
  auto message = read_message(from_hex(kCommand).value()).value();
  message.content = from_hex("d9ffff").value();
  const auto json = to_json(write_message(message), nullptr);
  ASSERT_TRUE(json);
  EXPECT_NE(json->find("\"format\": \"raw\""), std::string::npos);
  EXPECT_EQ(from_json(*json).value(), write_message(message));
}

TEST(Document, SaysWhichMemberIsWrong) {
  struct Case {
    const char* from;
    const char* to;
    ErrorCode code;
    const char* field;
  };
  for (const auto& wrong : {
           Case{"\"kind\": \"command\"", "\"kind\": \"wish\"", ErrorCode::UnknownCode, "kind"},
           Case{"\"code\": \"0059\"", "\"code\": \"59\"", ErrorCode::BadHex, "code"},
           Case{"\"counter\": \"1000\"", "\"counter\": \"-1\"", ErrorCode::BadNumber, "counter"},
           Case{"\"counter\": \"1000\"", "\"counter\": 1000", ErrorCode::BadJson, "counter"},
           Case{"\"class\": 1", "\"class\": 65536", ErrorCode::OutOfRange, "class"},
           Case{"\"choice\": \"get\"", "\"choice\": \"take\"", ErrorCode::UnknownCode, "choice"},
           Case{"90b3d51f30010000", "90b3", ErrorCode::BadEui64, "originator"},
           Case{"a25a51a93bafa5c9e2b224bd", "a25a", ErrorCode::BadLength, "mac"},
       }) {
    const auto bytes = from_json(replaced(command_json(), wrong.from, wrong.to));
    ASSERT_FALSE(bytes) << wrong.to;
    EXPECT_EQ(bytes.error().code, wrong.code) << wrong.to;
    EXPECT_STREQ(bytes.error().field, wrong.field);
  }
}

TEST(Document, SaysWhereTheJsonBreaks) {
  const auto bytes = from_json("{\"kind\": ]");
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, ErrorCode::BadJson);
  EXPECT_EQ(bytes.error().offset, 9u);
}

// Found by fuzzing: the library has another exception for it than for what is not JSON.
TEST(Document, RefusesANumberThatNothingCanHold) {
  const auto read = from_json(R"({"content": {"invoke_id": 5e67367}})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::BadJson);
}

TEST(Document, RefusesNestingBeyondTheLimits) {
  std::string data = "{\"type\": \"null\"}";
  for (int i = 0; i < 200; ++i) data = "{\"type\": \"structure\", \"items\": [" + data + "]}";
  const auto json =
      "{\"kind\":\"alert\",\"code\":\"1001\",\"originator\":\"00db1234567890a0\",\"target\":\"90b3d51f30010000\","
      "\"counter\":\"1\","
      "\"content\":{\"format\":\"dlms\",\"apdu\":\"data-notification\",\"invoke_id\":\"20000001\",\"body\":" +
      data + "}}";
  EXPECT_EQ(from_json(json).error().code, ErrorCode::TooDeep);
}

}  // namespace
}  // namespace meterway::gbcs
