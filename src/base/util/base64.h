#pragma once
#include <string>
#include <string_view>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway {

/// RFC 4648 base64 with padding, on one line.
std::string to_base64(ByteView bytes);

/// Reads base64; white space is ignored (XML content may hold it), padding is required.
/// Errors: BadBase64 at the offset of the first wrong character.
Result<Bytes> from_base64(std::string_view text);

}  // namespace meterway
