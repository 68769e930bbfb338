#pragma once
#include <string>
#include <string_view>

#include "base/util/result.h"

/// The gzip content coding of HTTP (RFC 1952).
namespace meterway {

/// Errors: Full when there is no memory for it.
Result<std::string> gzip(std::string_view plain);

/// One whole gzip member and nothing after it. Errors: TooLarge when the plain text is over `most` bytes (a small body
/// may hold gigabytes); Truncated; BadValue when it is no gzip or its check sum is wrong; TrailingBytes.
Result<std::string> gunzip(std::string_view packed, std::size_t most);

}  // namespace meterway
