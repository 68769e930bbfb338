#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/net/http.h"

/// The cookie of a session, and what shows that a request comes from the portal's own page. See docs/wire/api.md.
///
/// Wire:  Cookie: meterway_session=<43 letters of base64url>
///        Set-Cookie: meterway_session=...; Path=/; HttpOnly; SameSite=Strict[; Secure]
namespace meterway::portal {

inline constexpr std::string_view kSessionCookie = "meterway_session";
inline constexpr std::string_view kForgeryHeader = "x-meterway-csrf";

/// What the cookie says; none without it, or where it is empty. Several that differ say nothing that anybody has: "".
std::optional<std::string_view> session_cookie(const net::HttpRequest& http);

/// Secure on TLS, and where the browser's page came by https (a proxy before the platform).
std::string set_cookie(std::string_view secret, const net::HttpRequest& http);
/// The browser forgets it.
std::string clear_cookie();

/// What a changing request of this session says in X-Meterway-CSRF: made from the session's secret, which no script
/// sees.
std::string forgery_token(std::string_view session);

/// Why the request is not one of a page of ours; none: nothing says so. Origin and Sec-Fetch-Site, where they are
/// there, name the host that was asked.
std::optional<std::string> foreign_origin(const net::HttpRequest& http);

}  // namespace meterway::portal
