#include "base/net/url.h"

#include <algorithm>
#include <charconv>

namespace meterway::net {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEF";

int digit(char c) {
  const char upper = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  const auto at = kDigits.find(upper);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

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

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool triplet = text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    out += triplet ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
    i += triplet ? 2 : 0;
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

}  // namespace meterway::net
