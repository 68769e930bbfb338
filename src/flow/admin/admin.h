#pragma once
#include <string_view>

#include "base/net/http.h"
#include "flow/envelope/context.h"

/// The operator's JSON interface: Users, devices and certificates are read and changed here and nowhere else, while the
/// platform runs. Every change is one transaction with an event that says who made it. Routes: docs/wire/api.md.
namespace meterway::flow::admin {

/// /api/v1/users, /api/v1/devices, /api/v1/certificates and what is below them.
bool is_admin_path(std::string_view path);

/// 401 when nobody is calling, 403 when it is not the operator (but for certificates of the caller's own, to be read),
/// otherwise the route's answer; what is wrong with a body
/// comes as application/problem+json that names the member.
net::HttpResponse serve(const net::HttpRequest& http, const Context& context);

}  // namespace meterway::flow::admin
