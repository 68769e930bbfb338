#include "portal/server/cookie.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/util/base64.h"
#include "records/registry/octets.h"

namespace meterway::portal {
namespace {

constexpr std::string_view kHttp = "http://", kHttps = "https://";

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string_view field_of(const net::HttpRequest& http, std::string_view name) {
  const auto found = http.headers.find(name);
  return found == http.headers.end() ? std::string_view() : std::string_view(found->second);
}

/// host:port without the port that the scheme has anyway.
std::string host_of(std::string_view host, std::string_view usual_port) {
  if (host.ends_with(usual_port)) host.remove_suffix(usual_port.size());
  return lower_case(host);
}

}  // namespace

std::optional<std::string_view> session_cookie(const net::HttpRequest& http) {
  std::string_view rest = field_of(http, "cookie");
  std::optional<std::string_view> found;
  while (!rest.empty()) {
    // Fields that came apart have been joined by commas, which no value of ours has.
    const auto end = rest.find_first_of(";,");
    auto one = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
    if (!one.starts_with(kSessionCookie)) continue;
    one.remove_prefix(kSessionCookie.size());
    if (one.size() < 2 || one.front() != '=') continue;
    one.remove_prefix(1);
    if (found && *found != one) return std::string_view();
    found = one;
  }
  return found;
}

std::string set_cookie(std::string_view secret, const net::HttpRequest& http) {
  const bool is_secure = !http.peer_certificate.empty() || field_of(http, "origin").starts_with(kHttps);
  return std::string(kSessionCookie) + "=" + std::string(secret) + "; Path=/; HttpOnly; SameSite=Strict" +
         (is_secure ? "; Secure" : "");
}

std::string clear_cookie() { return std::string(kSessionCookie) + "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"; }

std::string forgery_token(std::string_view session) {
  constexpr std::string_view kPurpose = "meterway forgery token";
  const auto digest = crypto::sha256({registry::bytes_of(kPurpose), registry::bytes_of(session)});
  auto text = to_base64(digest);
  std::erase(text, '=');
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::optional<std::string> foreign_origin(const net::HttpRequest& http) {
  if (const auto site = field_of(http, "sec-fetch-site"); !site.empty() && site != "same-origin")
    return "Sec-Fetch-Site: " + std::string(site);
  const auto origin = http.headers.find("origin");
  if (origin == http.headers.end()) return std::nullopt;
  const std::string_view text = origin->second, host = field_of(http, "host");
  const bool is_tls = !http.peer_certificate.empty();
  // On a plain port a page may have come by https, through a proxy; on TLS it has.
  for (const auto& [scheme, port] : {std::pair{kHttps, std::string_view(":443")}, {kHttp, std::string_view(":80")}}) {
    if (!text.starts_with(scheme) || (is_tls && scheme == kHttp)) continue;
    if (!host.empty() && host_of(text.substr(scheme.size()), port) == host_of(host, port)) return std::nullopt;
  }
  return "Origin: " + std::string(text);
}

}  // namespace meterway::portal
