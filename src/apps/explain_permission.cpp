#include "apps/explain_permission.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/api_client.h"
#include "apps/command_line.h"
#include "apps/node_client.h"
#include "base/net/url.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  std::string data, url, token_file, function, person;
};

int run(const Options& options) {
  const ApiClient client(options.data, options.url, options.token_file);
  const auto query = options.person.empty() ? std::string() : "?person=" + net::percent_encoded(options.person);
  const auto answer = client.ask("GET", "/api/v1/permissions/" + net::percent_encoded(options.function) + query);
  if (!answer || answer->status != 200) return complain("explain permission", answer);
  const auto body = json::parse(answer->body, nullptr, false);
  fmt::print("{}\n", body.value("why", ""));
  for (const auto& row : body.value("rows", json::array())) {
    std::string who;
    for (const auto& one : row.value("job_types", json::array()))
      who += (who.empty() ? "" : ", ") + one.get<std::string>();
    const auto scope = row.value("scope", "");
    fmt::print("  {}: {}{} ({}, {})\n", row.value("function", ""), who, scope.empty() ? "" : ": " + scope,
               row.value("clause", ""), row.value("how_sure", ""));
  }
  return 0;
}

}  // namespace

Subcommand* add_explain_permission(Subcommand& explain, int& status) {
  const auto options = std::make_shared<Options>();
  auto* command = explain.add_subcommand("permission", "Whether somebody may do something, and which row says so");
  add_data_option(*command, options->data);
  command->add_option("--url", options->url, "The platform; from the data folder unless it is said here");
  command->add_option("--token-file", options->token_file, "Who is asking: the operator unless it is said here");
  command->add_option("function", options->function, "Of spec/permissions.tsv, or ledger.KIND.ACTION")->required();
  command->add_option("--as", options->person, "Whom it is about; who is asking unless it is said");
  command->callback([options, &status] { status = run(*options); });
  return command;
}

}  // namespace meterway::apps
