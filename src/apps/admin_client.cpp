#include "apps/admin_client.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/command_line.h"
#include "apps/user_problem.h"

namespace meterway::apps {

void add_admin_options(Subcommand& command, AdminTarget& target) {
  add_data_option(command, target.data);
  command.add_option("--url", target.url, "The platform; from the data folder unless it is said here");
}

int tell(const Result<net::HttpResponse>& answer, const std::string& what) {
  if (!answer) {
    fmt::print(stderr, "{}: {}\n", what, describe(answer.error()));
    return 1;
  }
  if (answer->status / 100 != 2) {
    fmt::print(stderr, "{}: {}\n", what, describe_problem(*answer));
    return 1;
  }
  if (answer->body.empty()) return 0;
  const auto body = nlohmann::json::parse(answer->body, nullptr, false);
  fmt::print("{}\n", body.is_discarded() ? answer->body : body.dump(2));
  return 0;
}

std::optional<std::string> fetch(const NodeClient& client, const std::string& path) {
  const auto answer = client.ask("GET", path);
  if (answer && answer->status == 200) return answer->body;
  tell(answer, path);
  return std::nullopt;
}

}  // namespace meterway::apps
