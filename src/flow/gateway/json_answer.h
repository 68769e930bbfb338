#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/net/http.h"
#include "base/util/result.h"

namespace meterway::flow::gateway {

/// The body as JSON, or from status 400 on as a problem (RFC 9457); what is no UTF-8 in it is replaced.
net::HttpResponse json_answer(int status, const nlohmann::json& body);
net::HttpResponse problem(int status, std::string_view title, const std::string& detail);
/// 503, to be asked again: the store could not.
net::HttpResponse broken(const Error& error);

}  // namespace meterway::flow::gateway
