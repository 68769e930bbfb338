#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/cos_party.h"
#include "apps/node_client.h"
#include "apps/node_tls.h"
#include "apps/user_problem.h"
#include "base/util/base64.h"

/// meterway cos: the transitional change of supplier party. It has keys of its own, comes to the platform as itself,
/// and believes nobody.
namespace meterway::apps {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kPatience{30};
constexpr const char* kPath = "/api/v1/cos/requests";
constexpr std::size_t kMostAtOnce = 10'000;

struct Options {
  std::string data, url, token_file;
  bool once = false, any_date = false;
};

std::string text_of(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// How the party comes to the platform: by its own TLS identity, or with a token that was made for it.
class Platform {
 public:
  static Result<Platform> open(const DataFolder& data, const World& world, const Options& options) {
    Platform out;
    out.url_ = options.url;
    if (!options.token_file.empty()) {
      const auto token = read_token(options.token_file);
      if (token.empty()) return fail(ErrorCode::NotFound, 0, "token");
      out.headers_["authorization"] = "Bearer " + token;
      if (out.url_.empty()) out.url_ = world.http_url();
    }
    if (out.url_.empty() && world.tls_port == 0)
      return fail(ErrorCode::NotFound, 0, "TLS port of the platform; without one, --token-file");
    if (out.url_.empty()) out.url_ = world.https_url();
    if (out.url_.starts_with("https://")) {
      METERWAY_TRY(out.tls_, cos_tls(data));
    }
    return out;
  }
  Result<net::HttpResponse> ask(const std::string& method, const std::string& path,
                                const std::string& body = {}) const {
    auto headers = headers_;
    if (!body.empty()) headers["content-type"] = "application/json";
    return net::http_request(method, url_ + path, headers, body, kPatience, tls_);
  }

 private:
  std::string url_;
  net::Headers headers_;
  net::TlsContext tls_;
};

/// What waits, page by page, each supplier's in the order of its counters. Errors in words.
Result<std::vector<Waiting>, std::string> all_waiting(const Platform& platform) {
  std::vector<std::pair<RequestId, Waiting>> found;
  for (std::string after; found.size() < kMostAtOnce;) {
    const auto answer = platform.ask("GET", kPath + (after.empty() ? "" : "?after=" + after));
    if (!answer) return Unexpected<std::string>{describe(answer.error())};
    const auto body = json::parse(answer->body, nullptr, false);
    if (answer->status != 200) return Unexpected<std::string>{describe_problem(*answer)};
    if (!body.is_object() || !body.contains("requests") || !body["requests"].is_array())
      return Unexpected<std::string>{"the answer is no list of requests"};
    for (const auto& one : body["requests"]) {
      Waiting waits{text_of(one, "request"), text_of(one, "document"), text_of(one, "command")};
      const auto id = RequestId::parse(waits.request);
      if (id) found.emplace_back(*id, std::move(waits));
    }
    const auto next = text_of(body, "next");
    if (next == after || !RequestId::parse(next)) break;
    after = next;
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Waiting> out;
  for (auto& one : found) out.push_back(std::move(one.second));
  return out;
}

/// What was said of each, so that it is said once.
class Told {
 public:
  void say(const std::string& name, const std::string& what) {
    auto& before = said_[name];
    if (before != what) fmt::print("{}: {}\n", name, what);
    before = what;
    std::fflush(stdout);
  }
  /// These alone wait still.
  void keep(const std::vector<Waiting>& waiting) {
    std::map<std::string, std::string> kept;
    for (const auto& one : waiting) {
      if (auto found = said_.find(one.request); found != said_.end()) kept.insert(*found);
    }
    said_ = std::move(kept);
  }

 private:
  std::map<std::string, std::string> said_;
};

void see_to(const Waiting& waits, CosParty& party, const Platform& platform, Told& told) {
  const auto path = std::string(kPath) + "/" + waits.request;
  const auto signed_one = party.judge(waits);
  if (signed_one) {
    const json back = {{"command", to_base64(gbcs::write_message(*signed_one))}};
    const auto taken = platform.ask("POST", path, back.dump());
    told.say(waits.request, taken && taken->status == 204 ? "signed" : "signed, and not taken");
    return;
  }
  const auto& why = signed_one.error();
  if (why.for_good) {
    const json back = {{"refused", why.why.substr(0, 200)}};
    (void)platform.ask("POST", path, back.dump());  // it is told again while it stands on the list
  }
  told.say(waits.request, (why.for_good ? "not signed: " : "not now: ") + why.why);
}

int refuse(const std::string& what, const std::string& why) {
  fmt::print(stderr, "cos: {}: {}\n", what, why);
  return 1;
}

int run(const Options& options) {
  const DataFolder data{options.data};
  auto party = CosParty::open(data, options.any_date);
  if (!party) return refuse(options.data, describe(party.error()));
  const auto platform = Platform::open(data, party->world(), options);
  if (!platform) return refuse(options.data, describe(platform.error()));
  Told told;
  for (std::string trouble;;) {
    const auto waiting = all_waiting(*platform);
    const auto now = waiting ? std::string() : waiting.error();
    if (now != trouble) (void)refuse("the platform", now.empty() ? "answers again" : now);
    trouble = now;
    if (waiting) {
      told.keep(*waiting);
      for (const auto& one : *waiting) see_to(one, *party, *platform, told);
    }
    if (options.once) return waiting ? 0 : 1;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

}  // namespace

void add_cos(Subcommand& app, int& status) {
  auto* command = app.add_subcommand(
      "cos", "Be the transitional change of supplier party: judge and sign what suppliers ask by 6.23");
  auto options = std::make_shared<Options>();
  add_data_option(*command, options->data);
  command->add_option("--url", options->url, "Of the platform; the TLS port of the data folder without it");
  command->add_option("--token-file", options->token_file,
                      "Token to come to the platform with, where it has no TLS port");
  command->add_flag("--any-date", options->any_date, "Take certificates that have run out (test worlds)");
  command->add_flag("--once", options->once, "Look once, and end");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
