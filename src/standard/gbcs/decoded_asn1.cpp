#include "standard/gbcs/asn1_names.h"
#include "standard/gbcs/decoded_parts.h"

namespace meterway::gbcs::decoding {
namespace {

using names::ValueKind;

constexpr std::uint8_t kBitString = 0x03, kOctetString = 0x04, kContext = 0x80, kClass = 0xC0;

bool is_number(std::uint8_t tag) { return tag == 0x01 || tag == 0x02 || tag == 0x0A || (tag & kClass) == kContext; }

bool is_text(std::uint8_t tag) { return tag == 0x0C || tag == 0x13 || tag == 0x16 || tag == 0x17 || tag == 0x18; }

/// Party and device identifiers are octet strings of eight bytes that their names tell from key identifiers.
bool is_eui(std::string_view name) {
  return name == "device" || name == "subject_id" || name == "existing_subject" || name == "new_subject";
}

void add_value(Field& field, const asn1::Node& node, const asn1::Place& place) {
  field.bytes = node.value;
  const auto words = asn1::field_words(place);
  if (is_text(node.tag)) {
    field.kind = node.tag == 0x17 || node.tag == 0x18 ? ValueKind::DateTime : ValueKind::Text;
  } else if (node.tag == kOctetString && is_eui(field.name)) {
    field.kind = ValueKind::Eui;
  } else if (node.tag == kBitString && !words.empty() && node.value.size() == 2) {
    field.kind = ValueKind::Number;
    field.number = node.value[0] << 8 | node.value[1];
  } else if (is_number(node.tag)) {
    const auto number = asn1::integer_value(node);
    if (!number || *number > 0x7FFFFFFFFFFFFFFF) return;
    field.kind = words == "event" ? ValueKind::Event : ValueKind::Number;
    field.number = static_cast<std::int64_t>(*number);
  } else {
    return;
  }
  if (field.kind == ValueKind::Number && !words.empty()) field.words = names::find_word_list(words);
  if (field.kind != ValueKind::DateTime && field.kind != ValueKind::Eui) finish(field);
}

void add(std::vector<Field>& fields, const asn1::Node& node, const asn1::Place& place, std::size_t depth,
         std::size_t position) {
  const auto at = fields.size();
  Field& field = fields.emplace_back();
  field.name = asn1::field_name(place);
  field.position = static_cast<std::uint32_t>(position);
  field.depth = static_cast<std::uint8_t>(depth);
  field.wire_type = node.tag;
  field.group = node.constructed();
  if (!field.group) {
    add_value(field, node, place);
  } else {
    for (std::size_t i = 0; i < node.items.size(); ++i) add(fields, node.items[i], place.child(node, i), depth + 1, i);
  }
  fields[at].extent = static_cast<std::uint32_t>(fields.size() - at);
}

}  // namespace

void asn1(Decoded& decoded, ByteView content) {
  auto node = asn1::read(content);
  if (!node) return;
  const auto& kept = decoded.content.emplace<asn1::Node>(*std::move(node));
  Instruction instruction;
  const asn1::Place place(decoded.header);
  instruction.name = asn1::field_name(place);
  add(decoded.fields, kept, place, 0, 0);
  instruction.end = instruction.plain = static_cast<std::uint32_t>(decoded.fields.size());
  // Every alert begins with its code.
  const auto& items = kept.items;
  if (decoded.header.kind == gbcs::Kind::Alert && !items.empty()) {
    const auto code = asn1::integer_value(items[0]);
    if (code && *code <= 0xFFFF) decoded.alert_code = static_cast<std::uint16_t>(*code);
  }
  decoded.instructions.push_back(instruction);
}

}  // namespace meterway::gbcs::decoding
