#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/api_client.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/world.h"
#include "base/net/url.h"
#include "base/util/file.h"

/// meterway job: bulk work from CSV files, a thin client of /api/v1/jobs.
namespace meterway::apps {
namespace {

using nlohmann::json;
constexpr std::chrono::milliseconds kBetweenLooks{300};

struct Options {
  std::string data, url, token_file;
  std::string file, kind = "hub-returns", name, user, outcome, action;
  std::uint64_t id = 0;
  bool all_or_none = false, as_json = false, wait = false;

  ApiClient client() const { return {data, url, token_file}; }
};
using Shared = std::shared_ptr<Options>;

void tell_job(const json& job, bool as_json) {
  if (as_json) {
    fmt::print("{}\n", job.dump(1));
    return;
  }
  std::string outcomes;
  const auto by_outcome = job.value("outcomes", json::object());
  for (const auto& [outcome, rows] : by_outcome.items())
    outcomes += fmt::format(", {} {}", rows.get<std::uint64_t>(), outcome);
  fmt::print("job {}  {}  {}  {} of {} rows{}", job.value("id", std::uint64_t{0}), job.value("kind", ""),
             job.value("state", ""), job.value("rows_of_phase", std::uint64_t{0}), job.value("rows", std::uint64_t{0}),
             outcomes);
  if (const auto end = job.value("estimated_end", ""); !end.empty())
    fmt::print("; {:.0f} rows a second, until about {}", job.value("rows_per_second", 0.0), end);
  fmt::print("\n");
}

bool is_under_way(const json& job) {
  const auto state = job.value("state", "");
  return state == "checking" || state == "dry running" || state == "running";
}

/// With --wait until nothing is under way.
int follow(const Options& options, Result<net::HttpResponse> answer) {
  for (;;) {
    if (!answer || answer->status >= 300) return complain("job", answer);
    const auto job = json::parse(answer->body, nullptr, false);
    if (!job.is_object()) return complain("job", fail(ErrorCode::BadJson, 0, "answer of the platform"));
    if (!options.wait || !is_under_way(job)) {
      tell_job(job, options.as_json);
      return 0;
    }
    std::this_thread::sleep_for(kBetweenLooks);
    answer = options.client().ask("GET", "/api/v1/jobs/" + std::to_string(job.value("id", std::uint64_t{0})));
  }
}

int submit(const Options& options) {
  const auto text = read_text_file(options.file);
  if (!text) {
    fmt::print(stderr, "job: {}: {}\n", options.file, describe(text.error()));
    return 1;
  }
  auto path = "/api/v1/jobs?kind=" + net::percent_encoded(options.kind);
  if (!options.name.empty()) path += "&name=" + net::percent_encoded(options.name);
  if (!options.user.empty()) path += "&user=" + net::percent_encoded(options.user);
  if (options.all_or_none) path += "&mode=all-or-none";
  return follow(options, options.client().ask("POST", path, *text, "text/csv"));
}

std::string path_of(const Options& options) { return "/api/v1/jobs/" + std::to_string(options.id); }

int act(const Options& options, const std::string& action) {
  return follow(options, options.client().ask("POST", path_of(options) + "/" + action));
}

int show(const Options& options) { return follow(options, options.client().ask("GET", path_of(options))); }

int rows(const Options& options) {
  auto path = path_of(options) + "/rows?format=csv";
  if (!options.outcome.empty()) path += "&outcome=" + net::percent_encoded(options.outcome);
  const auto answer = options.client().ask("GET", path);
  if (!answer || answer->status != 200) return complain("job", answer);
  fmt::print("{}", answer->body);
  return 0;
}

int list(const Options& options) {
  json all = json::array();
  for (std::string after = "0";;) {
    const auto answer = options.client().ask("GET", "/api/v1/jobs?limit=1000&after=" + after);
    if (!answer || answer->status != 200) return complain("job", answer);
    const auto page = json::parse(answer->body, nullptr, false);
    for (const auto& one : page.value("jobs", json::array())) all.push_back(one);
    if (!page.contains("next") || page["next"].is_null()) break;
    after = std::to_string(page["next"].get<std::uint64_t>());
  }
  if (options.as_json) {
    fmt::print("{}\n", all.dump(1));
    return 0;
  }
  for (const auto& one : all) tell_job(one, false);
  return 0;
}

}  // namespace

void add_job(Subcommand& app, int& status) {
  auto* command =
      app.add_subcommand("job", "Bulk work from CSV files: submit, check, dry-run, run, pause, resume, rows");
  command->require_subcommand(1);
  auto options = std::make_shared<Options>();
  const auto add = [&](const char* name, const char* about, int (*work)(const Options&)) {
    auto* one = command->add_subcommand(name, about);
    add_data_option(*one, options->data);
    one->add_option("--url", options->url, "Address of the platform; that of the data folder when left out");
    one->add_option("--token-file", options->token_file, "Whose token; the operator's when left out");
    one->add_flag("--json", options->as_json, "As JSON");
    one->callback([options, work, &status] { status = work(*options); });
    return one;
  };
  auto* submits = add("submit", "A file of rows; the same file again is the same job", submit);
  submits->add_option("file", options->file, "CSV with a heading (spec/job_columns.tsv)")->required();
  submits->add_option("--kind", options->kind, "Kind of job, hub-returns when left out");
  submits->add_option("--name", options->name, "What to call it");
  submits->add_option("--user", options->user, "EUI-64 of the User in whose name; his party's when left out");
  submits->add_flag("--all-or-none", options->all_or_none, "Begin nothing unless every row can be");
  submits->add_flag("--wait", options->wait, "Until its rows are checked");
  for (const char* name : {"check", "dry-run", "run", "pause", "resume", "cancel"}) {
    auto* acts = add(name, "Ask it of a job", show);
    acts->add_option("id", options->id, "Number of the job")->required();
    acts->add_flag("--wait", options->wait, "Until nothing is under way");
    acts->callback([options, name = std::string(name), &status] { status = act(*options, name); });
  }
  auto* shows = add("show", "One job", show);
  shows->add_option("id", options->id, "Number of the job")->required();
  shows->add_flag("--wait", options->wait, "Until nothing is under way");
  auto* results = add("rows", "What has become of each row, as CSV", rows);
  results->add_option("id", options->id, "Number of the job")->required();
  results->add_option("--outcome", options->outcome, "Of this outcome alone");
  (void)add("list", "Jobs of the caller's party, or all, the youngest first", list);
}

}  // namespace meterway::apps
