#include "standard/gbcs/decoded.h"

#include "standard/gbcs/decoded_parts.h"
#include "standard/gbcs/protect.h"
#include "standard/gbcs/use_cases.h"

namespace meterway::gbcs {
namespace {

constexpr std::uint8_t kGbzProfile = 0x01;

PayloadKind payload_of(const Message& message) {
  const auto* row = find_use_case(message.header.code);
  if (row == nullptr) return PayloadKind::None;
  if (row->payload != PayloadKind::ByDevice) return row->payload;
  return !message.content.empty() && message.content[0] == kGbzProfile ? PayloadKind::Gbz : PayloadKind::Dlms;
}

}  // namespace

namespace decoding {

/// "Opener" of the message itself: attributes are encrypted under a key of device and party.
Result<Bytes> Opener::open(ByteView block) const {
  if (keys == nullptr) return fail(ErrorCode::UnknownKey, 0, "key agreement");
  METERWAY_TRY(const auto key, encryption_key(*header, *keys));
  return decrypt_attribute(key, header->originator, block);
}

}  // namespace decoding

const std::vector<gbz::Component>& GbzContent::components() const {
  const auto* frames = std::get_if<gbz::Frames>(&form);
  return frames != nullptr ? frames->components : std::get<gbz::Alert>(form).components;
}

std::span<const Field> Decoded::fields_of(const Instruction& instruction) const {
  return std::span(fields).subspan(instruction.first, instruction.end - instruction.first);
}

std::span<const Field> Decoded::values_of(const Instruction& instruction) const {
  const auto first = instruction.opened ? instruction.plain : instruction.first;
  return std::span(fields).subspan(first, instruction.end - first);
}

Decoded decode(const Message& message, const DecodeOptions& options) {
  Decoded decoded;
  decoded.header = message.header;
  const decoding::Opener opener{&message.header, options.keys};
  switch (payload_of(message)) {
    case PayloadKind::Dlms:
      decoding::dlms(decoded, message.content, opener, options.command);
      break;
    case PayloadKind::Gbz:
      decoding::gbz(decoded, message.content, opener);
      break;
    case PayloadKind::Asn1:
      decoding::asn1(decoded, message.content);
      break;
    default:
      break;
  }
  return decoded;
}

Result<Decoded> decode(ByteView bytes, const DecodeOptions& options) {
  METERWAY_TRY(const auto message, read_message(bytes));
  return decode(message, options);
}

const Field* child(std::span<const Field> fields, const Field& group, std::size_t position) {
  const auto* end = &group + group.extent;
  for (const auto* field = &group + 1; field < end && field < fields.data() + fields.size(); field += field->extent) {
    if (position-- == 0) return field;
  }
  return nullptr;
}

}  // namespace meterway::gbcs
