#include "flow/gateway/json_answer.h"

#include <nlohmann/json.hpp>

namespace meterway::flow::gateway {

using nlohmann::json;

net::HttpResponse json_answer(int status, const json& body) {
  return {status,
          {{"content-type", status < 400 ? "application/json" : "application/problem+json"}},
          body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
}

net::HttpResponse problem(int status, std::string_view title, const std::string& detail) {
  return json_answer(status, {{"type", "about:blank"}, {"title", title}, {"status", status}, {"detail", detail}});
}

net::HttpResponse broken(const Error& error) {
  auto out = problem(503, "the platform cannot answer now", describe(error));
  out.headers["retry-after"] = "1";
  return out;
}

}  // namespace meterway::flow::gateway
