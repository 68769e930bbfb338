#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/admin_client.h"
#include "apps/command.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  AdminTarget target;
  std::string rule, on;
};

void print(const json& ruling) {
  fmt::print("{}\n  {}\n", ruling.value("explanation", ""), ruling.value("meaning", ""));
}

/// One rule, with every row that it has; or all of them as they are on that day.
int run(const Options& options) {
  const auto query = options.on.empty() ? "" : "?on=" + options.on;
  const auto path = "/api/v1/rules" + (options.rule.empty() ? "" : "/" + options.rule) + query;
  const auto text = fetch(options.target.client(), path);
  if (!text) return 1;
  const auto answer = json::parse(*text);
  if (answer.contains("rules")) {
    for (const auto& ruling : answer["rules"]) print(ruling);
    return 0;
  }
  if (answer.at("decides").is_null()) {
    fmt::print("{} says nothing of {}\n", options.rule, answer.value("on", ""));
  } else {
    print(answer["decides"]);
  }
  for (const auto& row : answer.at("rows"))
    fmt::print("  {} until {}: {} {}, {}\n", row.value("from", ""), row.value("to", "further notice"),
               row.value("value", ""), row.value("unit", ""), row.value("how_sure", ""));
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, int& status) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("explain", "Which rule of the code decides on a day, and how sure we are of it");
  add_admin_options(*command, options->target);
  command->add_option("rule", options->rule, "Its name; all of them unless it is said");
  command->add_option("--on", options->on, "The day, such as 2018-09-01; today unless it is said");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
