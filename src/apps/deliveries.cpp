#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/node_client.h"
#include "apps/user_problem.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  std::string data;
  std::string url;
  std::string as;
  std::string user;
  std::vector<std::string> ids;
  bool all = false;
  bool json = false;
};

int complain(std::string_view command, std::string_view what, std::string_view why) {
  fmt::print(stderr, "{}: {}: {}\n", command, what, why);
  return 1;
}

Result<NodeClient> client_of(const Options& options) {
  std::optional<Eui64> as;
  if (!options.as.empty()) {
    METERWAY_TRY(as, Eui64::parse(options.as));
  }
  return NodeClient(DataFolder{options.data}, as, options.url);
}

/// The platform's answer, which must be of this status.
Result<net::HttpResponse, std::string> ask(const NodeClient& client, const std::string& method, const std::string& path,
                                           int status) {
  auto answer = client.ask(method, path);
  if (!answer) return Unexpected<std::string>{client.url() + ": " + describe(answer.error())};
  if (answer->status != status) return Unexpected<std::string>{client.url() + path + ": " + describe_problem(*answer)};
  return std::move(*answer);
}

std::string text_of(const json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || at->is_null()) return "-";
  return at->is_string() ? at->get<std::string>() : at->dump();
}

int show_backlog(const Options& options) {
  const auto client = client_of(options);
  if (!client) return complain("backlog", "--as " + options.as, describe(client.error()));
  const auto answer =
      ask(*client, "GET", "/api/v1/backlog" + (options.user.empty() ? "" : "?user=" + options.user), 200);
  if (!answer) return complain("backlog", "the platform", answer.error());
  if (options.json) {
    fmt::print("{}", answer->body);
    return 0;
  }
  const auto root = json::parse(answer->body, nullptr, false);
  if (!root.is_object() || !root.contains("users")) return complain("backlog", client->url(), "not a backlog");
  for (const auto& user : root["users"]) {
    fmt::print("{}  {} queued, {} under way, {} failures, {} taken in the last minute, next push {}, drained in {} s\n",
               text_of(user, "user"), text_of(user, "depth"), text_of(user, "under_way"), text_of(user, "failures"),
               text_of(user, "taken_last_minute"), text_of(user, "next_push"), text_of(user, "drain_seconds"));
    fmt::print("  empty by {} ({}); agreed pushes a second: {}\n", text_of(user, "drain_by"), text_of(user, "reckoned"),
               text_of(user, "pushes_per_second"));
    for (const auto& one : user.at("classes"))
      fmt::print("  {:12} {:>9} queued, oldest {:>8} s, empty by {}, {:>6} given up, {} of them too large\n",
                 text_of(one, "class"), text_of(one, "depth"), text_of(one, "oldest_age_seconds"),
                 text_of(one, "drain_by"), text_of(one, "given_up"), text_of(one, "too_large"));
  }
  if (root["users"].empty()) fmt::print("nobody is owed anything\n");
  return 0;
}

/// Every delivery that was given up, page by page.
Result<std::vector<json>, std::string> given_up(const NodeClient& client, const std::string& user) {
  std::vector<json> out;
  std::string after;
  do {
    std::string path = "/api/v1/deliveries?limit=1000";
    if (!user.empty()) path += "&user=" + user;
    if (!after.empty()) path += "&after=" + after;
    METERWAY_TRY(const auto answer, ask(client, "GET", path, 200));
    const auto root = json::parse(answer.body, nullptr, false);
    if (!root.is_object() || !root.contains("deliveries"))
      return Unexpected<std::string>{client.url() + ": not a list of deliveries"};
    for (const auto& one : root["deliveries"]) out.push_back(one);
    const auto next = root.find("next");
    after = next != root.end() && next->is_string() ? next->get<std::string>() : "";
  } while (!after.empty());
  return out;
}

int list(const Options& options) {
  const auto client = client_of(options);
  if (!client) return complain("deliveries", "--as " + options.as, describe(client.error()));
  const auto all = given_up(*client, options.user);
  if (!all) return complain("deliveries", "the platform", all.error());
  if (options.json) fmt::print("{}\n", json(*all).dump());
  for (const auto& one : options.json ? std::vector<json>() : *all)
    fmt::print("{}  {} {:12} made {}  {} after {} failures: {}\n", text_of(one, "id"), text_of(one, "user"),
               text_of(one, "class"), text_of(one, "made"), text_of(one, "why"), text_of(one, "failures"),
               text_of(one, "detail"));
  return 0;
}

int change(const Options& options, bool retry) {
  const auto client = client_of(options);
  if (!client) return complain("deliveries", "--as " + options.as, describe(client.error()));
  auto ids = options.ids;
  if (options.all) {
    const auto all = given_up(*client, options.user);
    if (!all) return complain("deliveries", "the platform", all.error());
    for (const auto& one : *all) ids.push_back(text_of(one, "id"));
  }
  std::size_t done = 0;
  for (const auto& id : ids) {
    const auto path = "/api/v1/deliveries/" + id;
    const auto answer = retry ? ask(*client, "POST", path + "/retry", 204) : ask(*client, "DELETE", path, 204);
    answer ? ++done : static_cast<std::size_t>(complain("deliveries", id, answer.error()));
  }
  fmt::print("{} of {} {}\n", done, ids.size(), retry ? "queued again" : "dropped");
  return done == ids.size() ? 0 : 1;
}

void add_common(Subcommand& command, Options& options) {
  add_data_option(command, options.data);
  command.add_option("--url", options.url, "The platform; from the data folder, or http://127.0.0.1:8079");
  command.add_option("--as", options.as, "Ask as this User, with its token, instead of as the operator");
  command.add_option("--user", options.user, "Of this User alone (EUI-64)");
}

}  // namespace

void add_deliveries(Subcommand& app, int& status) {
  auto options = std::make_shared<Options>();
  auto* backlog = app.add_subcommand("backlog", "What Users are owed: depth and age of every queue");
  backlog->alias("queue");
  add_common(*backlog, *options);
  backlog->add_flag("--json", options->json, "The platform's answer as it is");
  backlog->callback([options, &status] { status = show_backlog(*options); });

  auto* command = app.add_subcommand("deliveries", "What was given up and is only on record");
  command->require_subcommand(1);
  auto* listing = command->add_subcommand("list", "Show it");
  add_common(*listing, *options);
  listing->add_flag("--json", options->json, "As JSON");
  listing->callback([options, &status] { status = list(*options); });
  for (const bool retry : {true, false}) {
    auto* one = command->add_subcommand(retry ? "retry" : "drop", retry ? "Queue it again" : "Take it off the record");
    add_common(*one, *options);
    auto* ids = one->add_option("id", options->ids, "Ids as `list` shows them");
    auto* all = one->add_flag("--all", options->all, "All that `list` shows");
    all->excludes(ids);
    one->callback([options, &status, retry] { status = change(*options, retry); });
  }
}

}  // namespace meterway::apps
