#pragma once
#include <deque>
#include <variant>

#include "standard/gbcs/asn1.h"
#include "standard/gbcs/gbz.h"
#include "standard/gbcs/message.h"
#include "standard/gbcs/names.h"
#include "standard/gbcs/zcl.h"
#include "standard/pki/key_store.h"

namespace meterway::gbcs {

/// One value of a message, or a group of values. Fields stand in one flat list, each before what it holds.
struct Field {
  std::string_view name;       ///< of a row of spec/; empty: nothing names it
  std::uint32_t position = 0;  ///< among the elements of the group that holds it
  std::uint32_t extent = 1;    ///< this field and all it holds
  std::uint8_t depth = 0;
  std::uint8_t wire_type = 0;  ///< DLMS type, ZCL field type or DER tag
  bool group = false;          ///< holds fields
  bool part = false;           ///< a part of the octets of the field that holds it
  bool in_list = false;        ///< one of several of the same name: its position tells it from the others
  names::ValueKind kind = names::ValueKind::Octets;
  Unit unit = Unit::None;
  std::int8_t exponent = 0;  ///< power of ten from the number to the unit that unit_text names
  std::uint16_t words = names::kNone;
  std::int64_t number = 0;
  ByteView bytes;
  std::string_view word;  ///< what the number means, where the table has a word
};

/// One entry of a DLMS request or response, one GBZ component, or the whole of an alert's body or ASN.1 content.
struct Instruction {
  std::string_view name;  ///< of the object or the ZCL command; empty: nothing names it
  // DLMS
  const names::Object* object = nullptr;
  dlms::Choice choice = dlms::Choice::Get;
  std::uint8_t result = 0;  ///< of a response
  // GBZ
  std::uint16_t cluster = 0;
  std::uint8_t frame_control = 0;
  std::uint8_t command = 0;

  bool encrypted = false;
  bool opened = false;               ///< encrypted, and the key was at hand: the plain values are among the fields
  std::uint32_t first = 0;           ///< its first field
  std::uint32_t end = 0;             ///< behind its last field
  std::uint32_t plain = 0;           ///< the first field of what was decrypted; `end` when there is none
  std::uint32_t block = 0xFFFFFFFF;  ///< which of Decoded::opened (DLMS) or Decoded::plain (GBZ, or no DLMS value)
};

/// A GBZ content with its fields read, plain or decrypted; nothing where a payload has no row.
struct GbzContent {
  std::variant<gbz::Frames, gbz::Alert> form;
  std::vector<std::vector<zcl::Field>> payloads;  ///< one a component
  const std::vector<gbz::Component>& components() const;
};

/// A message whose values have names, units and words: what the text for people, the JSON for programs and the Message
/// Mapping Catalogue are written from. It owns what its fields point into; move it, do not copy it.
struct Decoded {
  Header header;
  std::variant<std::monostate, dlms::Apdu, GbzContent, asn1::Node> content;  ///< monostate: no shape fits the bytes
  std::uint16_t alert_code = 0;                                              ///< of an alert
  std::vector<Instruction> instructions;
  std::vector<Field> fields;
  std::deque<dlms::Data> opened;  ///< decrypted DLMS values
  std::deque<Bytes> plain;        ///< decrypted bytes of no known shape

  Decoded() = default;
  Decoded(const Decoded&) = delete;
  Decoded& operator=(const Decoded&) = delete;
  Decoded(Decoded&&) = default;
  Decoded& operator=(Decoded&&) = default;

  std::span<const Field> fields_of(const Instruction& instruction) const;
  /// The values that the fields of one instruction say: the decrypted ones where there are such.
  std::span<const Field> values_of(const Instruction& instruction) const;
};

struct DecodeOptions {
  const pki::KeyStore* keys = nullptr;           ///< null: encrypted values stay closed
  const dlms::AccessRequest* command = nullptr;  ///< what a response answers (names.h says when it is needed)
};

/// Errors: none but those of read_message; a content that does not read has no instructions.
Result<Decoded> decode(ByteView message, const DecodeOptions& options = {});
Decoded decode(const Message& message, const DecodeOptions& options = {});

/// The children of `group`, which is one of `fields`: call with the position, 0 first; null beyond the last.
const Field* child(std::span<const Field> fields, const Field& group, std::size_t position);

/// "0.012 kWh", "-5.000 pence", "2015-01-01T00:00:00Z", "Armed", "Monday Tuesday"; bytes as hex where nothing says
/// more.
std::string value_text(const Field& field);
/// False when nothing names the field, or when its list has no word for its value.
bool is_known(const Field& field);

}  // namespace meterway::gbcs
