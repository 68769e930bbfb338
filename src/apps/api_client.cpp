#include "apps/api_client.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/node_client.h"
#include "apps/user_problem.h"

namespace meterway::apps {
namespace {

constexpr std::chrono::seconds kPatience{60};

}  // namespace

ApiClient::ApiClient(const std::string& data_folder, const std::string& url, const std::string& token_file) {
  const DataFolder data{data_folder};
  url_ = platform_url(data, url);
  headers_ = called_by(token_file.empty() ? data.operator_token() : std::filesystem::path(token_file));
}

void ApiClient::use_token(const std::string& token) {
  headers_ = {};
  if (!token.empty()) headers_["authorization"] = "Bearer " + token;
}

Result<net::HttpResponse> ApiClient::ask(const std::string& method, const std::string& path, std::string_view body,
                                         const std::string& type, const std::string& revision) const {
  auto headers = headers_;
  if (!body.empty()) headers["content-type"] = type;
  if (!revision.empty()) headers["if-match"] = revision;
  return net::http_request(method, url_ + path, headers, body, kPatience);
}

int complain(const std::string& who, const Result<net::HttpResponse>& answer) {
  if (!answer) {
    fmt::print(stderr, "{}: {}\n", who, describe(answer.error()));
    return 1;
  }
  fmt::print(stderr, "{}: {}\n", who, describe_problem(*answer));
  const auto body = nlohmann::json::parse(answer->body, nullptr, false);
  if (!body.is_object() || !body.contains("errors")) return 1;
  for (const auto& error : body["errors"])
    fmt::print(stderr, "  {}{}\n", error.contains("field") ? error.value("field", "") + ": " : "",
               error.value("detail", ""));
  return 1;
}

}  // namespace meterway::apps
