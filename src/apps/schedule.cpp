#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/admin_client.h"
#include "apps/command.h"
#include "apps/command_line.h"

/// meterway schedule: what the DCC reads for Users again and again, a thin client of /api/v1/schedules.
namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  AdminTarget node;
  std::string user, device, id;
  bool as_json = false;
};
using Shared = std::shared_ptr<Options>;

std::string text(const json& value) { return value.is_string() ? value.get<std::string>() : std::string("-"); }

int list(const Options& options) {
  json all = json::array();
  for (std::string after = "0";;) {
    auto path = "/api/v1/schedules?limit=1000&after=" + after;
    if (!options.user.empty()) path += "&user=" + options.user;
    if (!options.device.empty()) path += "&device=" + options.device;
    const auto body = fetch(options.node.client(), path);
    if (!body) return 1;
    const auto page = json::parse(*body, nullptr, false);
    for (const auto& one : page.value("schedules", json::array())) all.push_back(one);
    if (!page.contains("next") || page["next"].is_null()) break;
    after = std::to_string(page["next"].get<std::uint64_t>());
  }
  if (options.as_json) {
    fmt::print("{}\n", all.dump(1));
    return 0;
  }
  for (const auto& one : all)
    fmt::print("{:13}  {}  {}  {:6}  {:11}  next {}  last {}  {} runs, {} missed\n", one.value("id", std::uint64_t(0)),
               one.value("user", ""), one.value("device", ""), one.value("service", ""), one.value("frequency", ""),
               one.value("next", ""), text(one["last"]), one.value("runs", 0), one.value("missed", 0));
  fmt::print("{} schedules\n", all.size());
  return 0;
}

int show(const Options& options) {
  const auto body = fetch(options.node.client(), "/api/v1/schedules/" + options.id);
  if (!body) return 1;
  fmt::print("{}\n", json::parse(*body, nullptr, false).dump(1));
  return 0;
}

}  // namespace

void add_schedule(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("schedule", "What Users have the DCC read again and again (5.1): list, show");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  auto* lists = command->add_subcommand("list", "Schedules, of all or of one User or device");
  lists->add_option("--user", options->user, "EUI-64 of the User");
  lists->add_option("--device", options->device, "EUI-64 of the device");
  lists->add_flag("--json", options->as_json, "As JSON");
  lists->callback([options, &status] { status = list(*options); });
  auto* shows = command->add_subcommand("show", "One schedule");
  shows->add_option("id", options->id, "DSPScheduleID")->required();
  shows->callback([options, &status] { status = show(*options); });
  for (auto* one : {lists, shows}) add_admin_options(*one, options->node);
}

}  // namespace meterway::apps
