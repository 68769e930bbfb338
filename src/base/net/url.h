#pragma once
#include <string>
#include <string_view>

#include "base/util/result.h"

namespace meterway::net {

/// http[s]://host[:port][/path][?query]; a numeric IPv6 host stands in brackets.
struct Url {
  bool secure = false;
  std::string host;       ///< without brackets
  std::string authority;  ///< as it came: for the Host header
  std::uint16_t port = 80;
  std::string target;  ///< path and query, at least "/"
  /// Scheme, host and port: what a connection is good for.
  std::string origin() const { return (secure ? "s" : "p") + host + "|" + std::to_string(port); }
};

/// Errors: BadRequest, with the offset.
Result<Url> parse_url(std::string_view text);

/// Of a path or query: what is not unreserved is encoded.
std::string percent_encoded(std::string_view text);
/// A % without two digits stays as it is.
std::string percent_decoded(std::string_view text);

}  // namespace meterway::net
