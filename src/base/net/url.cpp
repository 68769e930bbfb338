#include "base/net/url.h"

#include <algorithm>
#include <charconv>

namespace meterway::net {

Result<Url> parse_url(std::string_view text) {
  Url url;
  url.secure = text.starts_with("https://");
  if (!url.secure && !text.starts_with("http://")) return fail(ErrorCode::BadRequest, 0, "url");
  const std::size_t scheme = url.secure ? 8 : 7;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) <= 0x20 || static_cast<unsigned char>(text[at]) >= 0x7F)
      return fail(ErrorCode::BadRequest, at, "url");
  }
  url.port = url.secure ? 443 : 80;
  const auto slash = std::min(text.find_first_of("/?#", scheme), text.size());
  url.authority = text.substr(scheme, slash - scheme);
  url.target = text.substr(slash, text.find('#', slash) - slash);
  if (url.target.empty() || url.target[0] == '?') url.target.insert(0, 1, '/');
  std::string_view rest = url.authority;
  if (rest.find('@') != std::string_view::npos) return fail(ErrorCode::BadRequest, scheme, "url user");
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == std::string_view::npos) return fail(ErrorCode::BadRequest, scheme, "url host");
    url.host = rest.substr(1, end - 1);
    rest = rest.substr(end + 1);
  } else {
    url.host = rest.substr(0, rest.find(':'));
    rest = rest.substr(url.host.size());
  }
  if (url.host.empty()) return fail(ErrorCode::BadRequest, scheme, "url host");
  if (rest.empty()) return url;
  const auto [end, bad] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), url.port);
  if (rest[0] != ':' || bad != std::errc() || end != rest.data() + rest.size())
    return fail(ErrorCode::BadRequest, scheme + url.host.size(), "url port");
  return url;
}

}  // namespace meterway::net
