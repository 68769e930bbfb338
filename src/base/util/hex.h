#pragma once
#include <string>
#include <string_view>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway {

/// Lower-case hexadecimal without separators.
std::string to_hex(ByteView bytes);

/// Reads hexadecimal in either case; white space between digits is ignored.
/// Errors: BadHex at the offset of the first wrong character, or at the end when a digit is missing.
Result<Bytes> from_hex(std::string_view text);

}  // namespace meterway
