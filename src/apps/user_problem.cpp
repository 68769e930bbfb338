#include "apps/user_problem.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace meterway::apps {

std::string describe_problem(const net::HttpResponse& response) {
  const auto problem = nlohmann::json::parse(response.body, nullptr, false);
  const auto text = [&](const char* member) {
    const auto at = problem.is_object() ? problem.find(member) : problem.end();
    return problem.is_object() && at != problem.end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  const auto title = text("title"), detail = text("detail");
  if (title.empty() && detail.empty()) return fmt::format("status {}: {}", response.status, response.body);
  const auto incident = text("incident");
  return fmt::format("status {}: {}{}{}{}", response.status, title, title.empty() || detail.empty() ? "" : ": ", detail,
                     incident.empty() ? "" : " (incident " + incident + ")");
}

}  // namespace meterway::apps
