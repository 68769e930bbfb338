#pragma once
#include <string>

#include "standard/gbcs/decoded.h"

namespace meterway::gbcs {

/// A message as a document for people and scripts: the JSON holds everything that is needed to write the message back,
/// and beside it names and explanations (docs/wire/gbcs.md lists which members are read when it is encoded).
///
/// A content whose shape is not known is kept as `{"format": "raw", "hex": ..}`, so every message that parses has a
/// document. `keys` may be null; with it, encrypted attributes are shown decrypted as well where a key is at hand.
/// Names, units and words are those of decoded.h. Errors: as read_message.
Result<std::string> to_json(ByteView message, const DecodeOptions& options);
Result<std::string> to_json(ByteView message, const pki::KeyStore* keys);
/// The same values for people: a line a value, with its name, unit and meaning; signatures and keys left out.
Result<std::string> to_text(ByteView message, const DecodeOptions& options);
Result<std::string> to_text(ByteView message, const pki::KeyStore* keys);

/// Writes the message of a document: from_json(to_json(m)) == m.
/// Errors: BadJson at the offset of the first wrong character, or in the member that `field` names; BadHex, BadEui64,
/// UnknownCode, OutOfRange, TooDeep for a member that is not what it must be.
Result<Bytes> from_json(std::string_view json);

}  // namespace meterway::gbcs
