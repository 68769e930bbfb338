#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/node_client.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  std::string data;
  std::string as;
  std::string from, until;
  bool csv = false;
  bool as_json = false;
};

std::string seconds(const json& percentiles, const char* name) {
  return percentiles.is_object() ? fmt::format("{:.3f}", percentiles.value(name, 0.0) / 1000) : "-";
}

/// A line per group, in seconds.
void print_table(const json& report) {
  fmt::print("{:7} {:8} {:8} {:>7} {:>9} {:>7} {:>8}   {:>9} {:>9} {:>9} {:>9}\n", "alert", "region", "hubs", "owed",
             "delivered", "acked", "in time", "ack p50 s", "p95", "p99", "max");
  for (const auto& group : report.value("groups", json::array())) {
    const auto& acknowledged = group.at("to_acknowledged_ms");
    fmt::print("{:7} {:8} {:8} {:>7} {:>9} {:>7} {:>8}   {:>9} {:>9} {:>9} {:>9}\n", group.value("alert", ""),
               group.value("region", ""), group.value("hubs", ""), group.value("owed", 0), group.value("delivered", 0),
               group.value("acknowledged", 0), group.value("within_target", 0), seconds(acknowledged, "p50"),
               seconds(acknowledged, "p95"), seconds(acknowledged, "p99"), seconds(acknowledged, "max"));
  }
}

int complain(const std::string& why) {
  fmt::print(stderr, "outages: {}\n", why);
  return 1;
}

int run(const Options& options) {
  std::optional<Eui64> as;
  if (!options.as.empty()) {
    const auto user = Eui64::parse(options.as);
    if (!user) return complain("--as: " + describe(user.error()));
    as = *user;
  }
  const NodeClient node(DataFolder{options.data}, as);
  std::string path = "/api/v1/outages/report?format=" + std::string(options.csv ? "csv" : "json");
  if (!options.from.empty()) path += "&from=" + options.from;
  if (!options.until.empty()) path += "&until=" + options.until;
  const auto answer = node.ask("GET", path);
  if (!answer) return complain(node.url() + ": " + describe(answer.error()));
  if (answer->status != 200) return complain(fmt::format("{}: {}", answer->status, answer->body));
  if (options.csv || options.as_json) {
    fmt::print("{}", answer->body);
    return 0;
  }
  const auto report = json::parse(answer->body, nullptr, false);
  if (!report.is_object()) return complain("the answer is no report");
  print_table(report);
  return 0;
}

}  // namespace

void add_outages(Subcommand& app, int& status) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("outages", "How fast loss and return of supply reached those who are owed it");
  add_data_option(*command, options->data);
  command->add_option("--as", options->as, "As this User (EUI-64), who sees its own; without it as the operator");
  command->add_option("--from", options->from, "Losses from this time on (ISO 8601)");
  command->add_option("--until", options->until, "Losses before this time");
  command->add_flag("--json", options->as_json, "The whole report, with figures per hop");
  command->add_flag("--csv,--raw", options->csv, "A line per alert with the raw stamp of every hop");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
