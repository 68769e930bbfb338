#include "apps/readiness.h"

#include <nlohmann/json.hpp>

namespace meterway::apps {

net::HttpResponse answer_readiness(const net::HttpRequest& http, bool draining, const std::vector<Check>& checks) {
  auto list = nlohmann::json::array();
  bool all = true;
  for (const auto& check : checks) {
    const bool holds = check.holds();
    all = all && holds;
    list.push_back({{"name", check.name}, {"state", holds ? "ok" : "failing"}});
  }
  nlohmann::json body = {{"status", draining ? "draining" : all ? "ready" : "failing"}};
  if (http.query == "checks") body["checks"] = list;
  net::HttpResponse out{draining || !all ? 503 : 200, {{"content-type", "application/json"}}, body.dump() + "\n"};
  if (out.status == 503) out.headers["retry-after"] = "1";
  return out;
}

}  // namespace meterway::apps
