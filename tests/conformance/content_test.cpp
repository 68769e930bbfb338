#include <gtest/gtest.h>

#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/gbz.h"
#include "standard/gbcs/message.h"
#include "standard/gbcs/use_cases.h"
#include "tests/conformance/reference_messages.h"

namespace meterway::gbcs {
namespace {

/// Reads the content as its use case says and writes it again.
Result<Bytes> read_and_write_content(const Message& message) {
  const auto* row = find_use_case(message.header.code);
  if (row == nullptr) return fail(ErrorCode::UnknownCode);
  const bool is_gbz = row->payload == PayloadKind::Gbz || (row->payload == PayloadKind::ByDevice && message.content[0] == 0x01);
  if (row->payload == PayloadKind::Asn1) {
    METERWAY_TRY(const auto node, asn1::read(message.content));
    return asn1::write(node);
  }
  if (is_gbz && message.header.kind == Kind::Alert) {
    METERWAY_TRY(const auto alert, gbz::read_alert(message.content, message.header.code));
    return gbz::write_alert(alert);
  }
  if (is_gbz) {
    METERWAY_TRY(const auto frames, gbz::read_frames(message.content));
    return gbz::write_frames(frames);
  }
  METERWAY_TRY(const auto apdu, dlms::read_apdu(message.content));
  return dlms::write_apdu(apdu);
}

TEST(ReferenceMessages, AreReadWithoutALeftOverByteAndWrittenBackAlike) {
  METERWAY_NEEDS_REFERENCE();
  const auto messages = tests::reference_messages();
  EXPECT_EQ(messages.size(), 972u);
  for (const auto& reference : messages) {
    const auto message = read_message(reference.bytes);
    ASSERT_TRUE(message) << reference.name << ": " << describe(message.error());
    EXPECT_EQ(to_hex(write_message(*message)), to_hex(reference.bytes)) << reference.name;
  }
}

TEST(ReferenceMessages, HaveContentThatIsConsumedExactlyAndWrittenBackAlike) {
  METERWAY_NEEDS_REFERENCE();
  for (const auto& reference : tests::reference_messages()) {
    const auto message = read_message(reference.bytes);
    ASSERT_TRUE(message) << reference.name;
    const auto content = read_and_write_content(*message);
    ASSERT_TRUE(content) << reference.name << ": " << describe(content.error()) << " in " << to_hex(message->content);
    EXPECT_EQ(to_hex(*content), to_hex(message->content)) << reference.name;
  }
}

}  // namespace
}  // namespace meterway::gbcs
