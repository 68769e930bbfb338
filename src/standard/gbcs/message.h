#pragma once
#include <optional>

#include "standard/ids/ids.h"

namespace meterway::gbcs {

enum class Kind : std::uint8_t { Command = 1, Response = 2, Alert = 3 };

/// Grouping header of a GBCS message (General-Signing APDU), everything before the content.
///
/// Source: GBCS grouping header; layout in docs/wire/gbcs.md.
///
///     DF 09 | kind:1 counter:8 | 08 originator:8 | 08 target:8 | L date-time | L code:2 rest
///
/// Other information is 2 bytes (code alone), 10 (+ supplementary party), 18 (+ its counter), 26 (+ the
/// supplementary originator counter), or 18 and a DER certificate.
struct Header {
  Kind kind = Kind::Command;
  OriginatorCounter counter;
  Eui64 originator;
  Eui64 target;
  std::optional<std::array<std::uint8_t, 12>> date_time;
  MessageCode code;
  std::optional<Eui64> supplementary_party;
  std::optional<OriginatorCounter> supplementary_counter;
  std::optional<OriginatorCounter> supplementary_originator_counter;
  Bytes supplementary_certificate;  ///< DER, empty when absent
  friend bool operator==(const Header&, const Header&) = default;
};

/// The three forms of the signature field: absent (reference pre-commands), zero length, or 64 bytes.
enum class SignatureField : std::uint8_t { Absent, Empty, Present };

/// One GBCS message as it stands on the wire, split but not interpreted. The content stays bytes; dlms.h, gbz.h and
/// asn1.h read it according to the use case.
struct Message {
  Header header;
  Bytes content;
  SignatureField signature_field = SignatureField::Empty;
  std::array<std::uint8_t, 64> signature{};
  std::optional<std::array<std::uint8_t, 12>> mac;  ///< present when wrapped in General-Ciphering
  friend bool operator==(const Message&, const Message&) = default;
};

/// Reads a whole message. Errors: Truncated, BadTag, BadLength, TrailingBytes with the offset and the field.
Result<Message> read_message(ByteView bytes);

/// Writes it back: read_message(write_message(m)) == m.
Bytes write_message(const Message& message);

/// The General-Signing APDU alone (from DF to the signature field): what the MAC covers.
Bytes write_signed_part(const Message& message);

/// What the signature covers: the General-Signing APDU without its first byte and without the signature field.
Bytes to_be_signed(const Message& message);

}  // namespace meterway::gbcs
