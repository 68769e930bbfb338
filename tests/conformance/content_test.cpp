#include <gtest/gtest.h>

#include "standard/gbcs/asn1.h"
#include "standard/gbcs/dlms.h"
#include "standard/gbcs/gbz.h"
#include "standard/gbcs/message.h"
#include "standard/gbcs/protect.h"
#include "standard/gbcs/use_cases.h"
#include "standard/gbcs/zcl.h"
#include "tests/conformance/reference_messages.h"

namespace meterway::gbcs {
namespace {

/// Reads the content as its use case says and writes it again.
Result<Bytes> read_and_write_content(const Message& message) {
  const auto* row = find_use_case(message.header.code);
  if (row == nullptr) return fail(ErrorCode::UnknownCode);
  const bool is_gbz =
      row->payload == PayloadKind::Gbz || (row->payload == PayloadKind::ByDevice && message.content[0] == 0x01);
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

void expect_named_fields(const gbz::Component& component, ByteView payload, const std::string& name) {
  const auto fields = zcl::read_fields(component.cluster, component.frame_control, component.command, payload);
  ASSERT_TRUE(fields) << name << ": " << describe(fields.error()) << " cluster " << std::hex << component.cluster
                      << " frame " << int(component.frame_control) << " command " << int(component.command) << " "
                      << to_hex(payload);
  EXPECT_EQ(to_hex(zcl::write_fields(*fields)), to_hex(payload)) << name;
}

TEST(ReferenceMessages, HaveZclPayloadsWhoseFieldsAllHaveNames) {
  METERWAY_NEEDS_REFERENCE();
  const auto keys = pki::open_key_folder(tests::reference_path() / "keystore" / "rtds");
  ASSERT_TRUE(keys);
  int plain = 0, decrypted = 0;
  for (const auto& reference : tests::reference_messages()) {
    const auto message = read_message(reference.bytes);
    ASSERT_TRUE(message) << reference.name;
    const auto* row = find_use_case(message->header.code);
    const bool is_gbz =
        row->payload == PayloadKind::Gbz || (row->payload == PayloadKind::ByDevice && message->content[0] == 0x01);
    if (!is_gbz) continue;
    std::vector<gbz::Component> components;
    if (message->header.kind == Kind::Alert) {
      components = gbz::read_alert(message->content, message->header.code)->components;
    } else {
      components = gbz::read_frames(message->content)->components;
    }
    for (const auto& component : components) {
      if (!component.encrypted_counter) {
        expect_named_fields(component, component.payload, reference.name);
        ++plain;
        continue;
      }
      const auto key = encryption_key(message->header, **keys);
      ASSERT_TRUE(key) << reference.name;
      const auto payload = decrypt_attribute(*key, message->header.originator, component.payload);
      ASSERT_TRUE(payload) << reference.name;
      expect_named_fields(component, *payload, reference.name);
      ++decrypted;
    }
  }
  EXPECT_GT(plain, 700);
  EXPECT_GT(decrypted, 20);
}

}  // namespace
}  // namespace meterway::gbcs
