#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/api_client.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/world.h"
#include "base/net/url.h"

/// meterway configuration: what GET /api/v1/configuration says of a running node.
namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  std::string data, url, token_file, q, format = "text";
  bool changed = false;
};

std::string source_of(const json& one) {
  auto out = one.value("source", "");
  if (one.contains("file")) out += " " + one.at("file").get<std::string>();
  if (one.contains("by")) out += " by " + one.at("by").get<std::string>();
  return out;
}

int run(const Options& options) {
  const ApiClient client(options.data, options.url, options.token_file);
  std::string path = "/api/v1/configuration?changed=" + std::string(options.changed ? "true" : "false");
  if (!options.q.empty()) path += "&q=" + net::percent_encoded(options.q);
  if (options.format == "csv") path += "&format=csv";
  const auto answer = client.ask("GET", path);
  if (!answer || answer->status != 200) return complain("configuration", answer);
  if (options.format != "text") {
    fmt::print("{}{}", answer->body, answer->body.ends_with('\n') ? "" : "\n");
    return 0;
  }
  const auto body = json::parse(answer->body, nullptr, false);
  if (!body.is_object()) return complain("configuration", fail(ErrorCode::BadJson, 0, "answer"));
  for (const auto& one : body.at("settings")) {
    fmt::print("{} = {}{}\n    {}, since {}\n", one.value("name", ""), one.at("value").dump(),
               one.value("is_default", true) ? "" : fmt::format(" (default {})", one.at("default").dump()),
               source_of(one), one.value("since", ""));
    if (one.contains("danger")) fmt::print("    FOR TESTS ALONE: {}\n", one.at("danger").get<std::string>());
  }
  for (const auto& one : body.at("dangerous"))
    fmt::print("for tests alone: {}: {}\n", one.value("name", ""), one.value("why", ""));
  return 0;
}

}  // namespace

void add_configuration(Subcommand& app, int& status) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("configuration", "Settings of a running node: value, where it comes from, since when");
  add_data_option(*command, options->data);
  command->add_option("--url", options->url, "Of the platform; else of the data folder");
  command->add_option("--token-file", options->token_file, "Whose token asks; else the operator's in the data folder");
  command->add_flag("--changed", options->changed, "Only what is not the default");
  command->add_option("--find", options->q, "Only those with this text in name or meaning");
  command->add_option("--format", options->format, "text, json or csv")->one_of({"text", "json", "csv"});
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
