#pragma once
#include <string>

#include "standard/gbcs/message.h"
#include "standard/pki/key_store.h"

namespace meterway::gbcs {

/// A message as a document for people and scripts: the JSON holds everything that is needed to write the message back,
/// and beside it names and explanations (docs/wire/gbcs.md lists which members are read when it is encoded).
///
/// A content whose shape is not known is kept as `{"format": "raw", "hex": ..}`, so every message that parses has a
/// document. `keys` may be null; with it, encrypted attributes are shown decrypted as well where a key is at hand.
/// Errors: as read_message.
Result<std::string> to_json(ByteView message, const pki::KeyStore* keys);
/// The same as an indented tree with names.
Result<std::string> to_text(ByteView message, const pki::KeyStore* keys);

/// Writes the message of a document: from_json(to_json(m)) == m.
/// Errors: BadJson at the offset of the first wrong character, or in the member that `field` names; BadHex, BadEui64,
/// UnknownCode, OutOfRange, TooDeep for a member that is not what it must be.
Result<Bytes> from_json(std::string_view json);

}  // namespace meterway::gbcs
