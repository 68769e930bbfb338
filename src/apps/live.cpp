#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/api_client.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/world.h"
#include "base/net/url.h"

/// meterway events, meterway alerts: the live view and the inbox of alerts, thin clients of /api/v1/events and /alerts.
namespace meterway::apps {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kBetween{1};

struct Options {
  std::string data, url, token;
  std::vector<std::pair<const char*, std::string>> filters;
  unsigned limit = 50;
  bool grouped = false, follow = false, as_json = false, csv = false;
};
using Shared = std::shared_ptr<Options>;

std::string text_of(const json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || at->is_null()) return "-";
  return at->is_string() ? at->get<std::string>() : at->dump();
}

std::string query_of(const Options& options, const std::string& more) {
  std::string out = "?" + more;
  for (const auto& [name, value] : options.filters) {
    if (!value.empty()) out += "&" + std::string(name) + "=" + net::percent_encoded(value);
  }
  return out;
}

/// The answer as JSON; null when it was none, which was told.
json fetch(const ApiClient& client, const std::string& who, const std::string& path) {
  const auto answer = client.ask("GET", path);
  if (!answer || answer->status != 200) {
    complain(who, answer);
    return nullptr;
  }
  return json::parse(answer->body, nullptr, false);
}

void print_event(const json& one, const Options& options) {
  if (options.as_json) {
    fmt::print("{}\n", one.dump());
  } else {
    fmt::print("{}  {:10} {:8} {}  {} {}: {}\n", text_of(one, "time"), text_of(one, "area"), text_of(one, "tone"),
               text_of(one, "key"), text_of(one, "step"), text_of(one, "outcome"), text_of(one, "detail"));
  }
}

void print_alert(const json& one, const Options& options) {
  if (options.as_json) {
    fmt::print("{}\n", one.dump());
    return;
  }
  fmt::print("{}  {:6} {:9} {}  {}; told {}, delivered {}{}\n", text_of(one, "time"), text_of(one, "code"),
             text_of(one, "state"), text_of(one, "device"), text_of(one, "meaning"), one.at("told").size(),
             text_of(one, "delivered"), one.at("held").is_null() ? "" : "; held: " + text_of(one, "held"));
}

int print_csv(const ApiClient& client, const std::string& who, const std::string& path) {
  const auto answer = client.ask("GET", path);
  if (!answer || answer->status != 200) return complain(who, answer);
  fmt::print("{}", answer->body);
  return 0;
}

int events(const Options& options) {
  const ApiClient client(options.data, options.url, options.token);
  const std::string path = "/api/v1/events", grouped = options.grouped ? "&grouped=request" : "";
  const auto last = "order=newest&limit=" + std::to_string(options.limit) + grouped;
  if (options.csv) return print_csv(client, "events", path + query_of(options, last + "&format=csv"));
  const auto first = fetch(client, "events", path + query_of(options, last));
  if (!first.is_object()) return 1;
  const auto& lines = first.at("events");
  for (auto one = lines.rbegin(); one != lines.rend(); ++one) print_event(*one, options);
  for (auto after = first.at("newest").get<std::uint64_t>(); options.follow;) {
    std::fflush(stdout);
    const auto page =
        fetch(client, "events", path + query_of(options, "limit=500&after=" + std::to_string(after) + grouped));
    if (!page.is_object()) return 1;
    for (const auto& one : page.at("events")) print_event(one, options);
    after = page.at("next").get<std::uint64_t>();
    if (!page.at("more").get<bool>()) std::this_thread::sleep_for(kBetween);
  }
  return 0;
}

/// Those that came after the event `seen`, the oldest first; `seen` is the last of them then. False: no answer.
bool new_alerts(const ApiClient& client, const Options& options, unsigned most, std::uint64_t& seen,
                std::vector<json>& out) {
  std::string after;
  for (bool more = true; more && out.size() < most;) {
    const auto page =
        fetch(client, "alerts",
              "/api/v1/alerts" + query_of(options, "limit=" + std::to_string(std::min(most, 500u)) + after));
    if (!page.is_object()) return false;
    more = page.at("more").get<bool>();
    if (more) after = "&after=" + text_of(page, "next");
    for (const auto& one : page.at("alerts")) {
      if (one.at("sequence").get<std::uint64_t>() > seen && out.size() < most) {
        out.push_back(one);
      } else {
        more = false;
      }
    }
  }
  std::reverse(out.begin(), out.end());
  if (!out.empty()) seen = out.back().at("sequence").get<std::uint64_t>();
  return true;
}

int alerts(const Options& options) {
  const ApiClient client(options.data, options.url, options.token);
  if (options.csv)
    return print_csv(client, "alerts",
                     "/api/v1/alerts" + query_of(options, "format=csv&limit=" + std::to_string(options.limit)));
  std::uint64_t seen = 0;
  for (unsigned most = options.limit;; most = 10'000) {
    std::vector<json> list;
    if (!new_alerts(client, options, most, seen, list)) return 1;
    for (const auto& one : list) print_alert(one, options);
    if (!options.follow) return 0;
    std::fflush(stdout);
    std::this_thread::sleep_for(kBetween);
  }
}

Shared add_common(Subcommand& command, std::initializer_list<std::pair<const char*, const char*>> filters) {
  auto options = std::make_shared<Options>();
  add_data_option(command, options->data);
  command.add_option("--url", options->url, "The platform; from the data folder, or http://127.0.0.1:8079");
  command.add_option("--token", options->token, "File with the caller's token; the operator's without it");
  options->filters.reserve(filters.size());
  for (const auto& [name, about] : filters) {
    options->filters.emplace_back(name, "");
    command.add_option("--" + std::string(name), options->filters.back().second, about);
  }
  command.add_option("--limit", options->limit, "So many of the last")->between(1u, 500u)->capture_default_str();
  command.add_flag("--follow,-f", options->follow, "And what comes, until it is stopped");
  command.add_flag("--json", options->as_json, "A JSON object a line");
  command.add_flag("--csv", options->csv, "As CSV");
  return options;
}

}  // namespace

void add_live(Subcommand& app, int& status) {
  auto* one = app.add_subcommand("events", "What happens, and what has happened: the event log with filters");
  auto options = add_common(*one, {{"user", "Of this User's requests and alerts (EUI-64)"},
                                   {"device", "Of this device"},
                                   {"hub", "Of devices behind this hub"},
                                   {"region", "Of hubs in this region; unknown: of none that is known"},
                                   {"service", "Of requests of this service (4.1.1)"},
                                   {"outcome", "With this outcome (delivered, refused)"},
                                   {"area", "TLS, XSD, SIG, ACCESS, ADT, TRANSFORM, ACB, WAN, DEVICE, DELIVERY..."},
                                   {"tone", "going, done, held, refused, failed, note"},
                                   {"q", "With these words in key, step, outcome or detail"},
                                   {"from", "From this time on (ISO 8601)"},
                                   {"to", "Before this time"}});
  one->add_flag("--grouped", options->grouped, "A line a request, with its last step");
  one->callback([options, &status] { status = events(*options); });
  auto* two = app.add_subcommand("alerts", "Alerts of devices and of the DCC, and what has become of each");
  options = add_common(*two, {{"user", "That this User was told (EUI-64)"},
                              {"device", "Of this device"},
                              {"code", "With this code (8F3E, AD1)"},
                              {"q", "With these words"},
                              {"from", "From this time on (ISO 8601)"},
                              {"to", "Before this time"}});
  two->callback([options, &status] { status = alerts(*options); });
}

}  // namespace meterway::apps
