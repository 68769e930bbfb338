#include "flow/tracing/parts.h"

#include <gtest/gtest.h>

namespace meterway::flow::tracing {
namespace {

gbcs::Message message() {
  gbcs::Message out;
  out.header = {
      gbcs::Kind::Command, {1000}, Eui64(0x90B3D51F30010000), Eui64(0x00DB1234567890A0), {}, {0x0052}, {}, {}, {}, {}};
  out.content = {1, 2, 3, 4, 5};
  return out;
}

const Part& part(const std::vector<Part>& parts, std::string_view name) {
  for (const auto& one : parts) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << "no " << name;
  return parts.front();
}

/// Every byte stands in one part, in order.
void expect_whole(const gbcs::Message& of, std::vector<Part>& parts) {
  const auto bytes = gbcs::write_message(of);
  const auto read = parts_of(bytes);
  ASSERT_TRUE(read);
  parts = *read;
  std::size_t at = 0;
  for (const auto& one : parts) {
    EXPECT_EQ(one.offset, at) << one.name;
    EXPECT_GT(one.size, 0u) << one.name;
    at += one.size;
  }
  EXPECT_EQ(at, bytes.size());
  const auto& content = part(parts, "content");
  EXPECT_EQ(Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(content.offset),
                  bytes.begin() + static_cast<std::ptrdiff_t>(content.offset + content.size)),
            of.content);
}

TEST(MessageParts, CoverEveryByteOnceInEveryForm) {
  for (const auto field : {gbcs::SignatureField::Absent, gbcs::SignatureField::Empty, gbcs::SignatureField::Present}) {
    for (const bool mac : {false, true}) {
      for (int other = 0; other < 5; ++other) {
        if (mac && field == gbcs::SignatureField::Absent) continue;  // there is no such message
        auto one = message();
        one.signature_field = field;
        one.signature.fill(7);
        if (mac) one.mac.emplace().fill(9);
        if (other > 0) one.header.supplementary_party = Eui64(5);
        if (other > 1) one.header.supplementary_counter = OriginatorCounter{6};
        if (other == 3) one.header.supplementary_originator_counter = OriginatorCounter{7};
        if (other == 4) one.header.supplementary_certificate = {0x30, 3, 1, 2, 3};
        if (other == 2) one.header.date_time.emplace().fill(1);
        if (other == 1) one.content.assign(300, 0);
        std::vector<Part> parts;
        expect_whole(one, parts);
      }
    }
  }
}

TEST(MessageParts, SayWhoAndWhatStandsThere) {
  std::vector<Part> parts;
  expect_whole(message(), parts);
  EXPECT_EQ(part(parts, "originator").value, "90-B3-D5-1F-30-01-00-00");
  EXPECT_EQ(part(parts, "originator").offset, 12u);
  EXPECT_EQ(part(parts, "target").value, "00-DB-12-34-56-78-90-A0");
  EXPECT_EQ(part(parts, "counter").value, "1000");
  EXPECT_EQ(part(parts, "message code").value.substr(0, 4), "0052");
}

TEST(MessageParts, OfWhatIsNoMessageThereAreNone) { EXPECT_FALSE(parts_of(Bytes{1, 2, 3})); }

}  // namespace
}  // namespace meterway::flow::tracing
