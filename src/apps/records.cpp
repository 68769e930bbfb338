#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "apps/api_client.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/ledger_client.h"
#include "apps/world.h"
#include "base/net/url.h"
#include "base/util/file.h"

/// `records load FOLDER`: what FOLDER/steps.json says, in its order, through the interface. A step is one of
///   {"person": id, "party", "roles", "clearance"}       made by the operator; later steps may say "who": id
///   {"import": kind, "file": "a.csv"}                   a table of the folder
///   {"make": kind, "fields", "reference"?, "class"?, "then"?}   and what is done to it at once: [{"do", "fields"}]
///   {"do": action, "kind", "reference", "fields"}
///   {"decide": fields}                                  a decision on the revision that the proposal has now
namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  std::string data, url, folder;
  std::size_t from = 1;
};

class Entry {
 public:
  explicit Entry(const Options& options) : folder_(options.folder), client_(options.data, options.url, "") {}

  Result<net::HttpResponse> take(const json& step) {
    if (step.contains("person")) return person(step);
    if (step.contains("import")) {
      METERWAY_TRY(const auto table, read_text_file((folder_ / step.at("file").get<std::string>()).string()));
      return as(step, "POST", "/api/v1/ledger/" + step["import"].get<std::string>(), table, "text/csv");
    }
    if (step.contains("make")) return make(step);
    if (step.contains("decide")) return decide(step);
    return act(step, step.at("kind"), step.at("reference"));
  }

  /// What was handed out for this alone.
  void take_tokens_back() {
    for (const auto& [id, token] : tokens_)
      static_cast<void>(client_.ask("DELETE", "/api/v1/people/" + net::percent_encoded(id) + "/tokens/" + token.id));
  }

 private:
  struct Token {
    std::string id, secret;
  };

  Result<net::HttpResponse> as(const json& step, const std::string& method, const std::string& path,
                               const std::string& body, const std::string& type = "application/json") {
    auto client = client_;
    const auto who = step.value("who", "");
    if (!who.empty()) {
      METERWAY_TRY(const auto secret, token_of(who));
      client.use_token(secret);
    }
    return client.ask(method, path, body, type);
  }

  /// "": there is no such person, and what he asks for is refused.
  Result<std::string> token_of(const std::string& who) {
    const auto known = tokens_.find(who);
    if (known != tokens_.end()) return known->second.secret;
    METERWAY_TRY(const auto answer, client_.ask("POST", "/api/v1/people/" + net::percent_encoded(who) + "/tokens"));
    const auto body = json::parse(answer.body, nullptr, false);
    if (answer.status != 201 || !body.is_object()) return std::string();
    return (tokens_[who] = {body.at("id"), body.at("token")}).secret;
  }

  Result<net::HttpResponse> person(const json& step) {
    auto body = step;
    body.erase("person");
    return client_.ask("PUT", "/api/v1/people/" + net::percent_encoded(step["person"].get<std::string>()), body.dump());
  }

  Result<net::HttpResponse> make(const json& step) {
    const std::string kind = step["make"];
    json draft = {{"fields", step.at("fields")}};
    for (const auto* key : {"reference", "class", "why"}) {
      if (step.contains(key)) draft[key] = step[key];
    }
    METERWAY_TRY(auto made, as(step, "POST", "/api/v1/ledger/" + kind, draft.dump()));
    const auto record = json::parse(made.body, nullptr, false);
    if (made.status != 201 || !record.is_object()) return made;
    for (const auto& next : step.value("then", json::array())) {
      METERWAY_TRY(auto done, act(next, kind, record.at("reference")));
      if (done.status / 100 != 2) return done;
    }
    return made;
  }

  Result<net::HttpResponse> act(const json& step, const std::string& kind, const std::string& reference) {
    const json draft = {{"fields", step.value("fields", json::object())}};
    return as(step, "POST",
              "/api/v1/ledger/" + kind + "/" + net::percent_encoded(reference) + "/" +
                  net::percent_encoded(step.at("do").get<std::string>()),
              draft.dump());
  }

  Result<net::HttpResponse> decide(const json& step) {
    auto fields = step["decide"];
    if (!fields.contains("revision")) {
      const auto path = "/api/v1/ledger/proposal/" + net::percent_encoded(fields.at("subject").get<std::string>());
      METERWAY_TRY(auto now, as(step, "GET", path, ""));
      if (now.status != 200) return now;
      fields["revision"] = json::parse(now.body).at("revision");
    }
    return as(step, "POST", "/api/v1/ledger/decision", json{{"fields", fields}}.dump());
  }

  const std::filesystem::path folder_;
  ApiClient client_;
  std::map<std::string, Token> tokens_;
};

int load(const Options& options) {
  const auto file = (std::filesystem::path(options.folder) / "steps.json").string();
  const auto text = read_text_file(file);
  if (!text) {
    fmt::print(stderr, "{}: {}\n", file, describe(text.error()));
    return 1;
  }
  const auto steps = json::parse(*text, nullptr, false);
  if (!steps.is_array()) {
    fmt::print(stderr, "{}: expected a list of steps\n", file);
    return 1;
  }
  Entry entry(options);
  int status = 0;
  for (std::size_t n = options.from; n <= steps.size() && status == 0; ++n) {
    const auto place = fmt::format("{} step {}", file, n);
    // Persons are needed by what comes after them, also where the first steps are left out.
    try {
      const auto answer = entry.take(steps[n - 1]);
      if (answer && answer->status / 100 == 2) continue;
      status = complain(place, answer);
    } catch (const json::exception& wrong) {
      fmt::print(stderr, "{}: {}\n", place, wrong.what());
      status = 1;
    }
    fmt::print(stderr, "What came before is entered; go on with --from {}\n", n);
  }
  entry.take_tokens_back();
  if (status == 0) fmt::print("{} steps\n", steps.size());
  return status;
}

}  // namespace

void add_records(Subcommand& app, int& status) {
  auto* records = add_ledger_command(app, {"records", "", "Records of any kind, and whole folders of them"}, status);
  const auto options = std::make_shared<Options>();
  auto* command = records->add_subcommand("load", "Enter what FOLDER/steps.json says, in its order");
  add_data_option(*command, options->data);
  command->add_option("--url", options->url, "The platform; from the data folder unless it is said here");
  command->add_option("folder", options->folder, "Where steps.json and its tables lie")->required()->existing_folder();
  command->add_option("--from", options->from, "Begin with this step")->positive();
  command->callback([options, &status] { status = load(*options); });
}

}  // namespace meterway::apps
