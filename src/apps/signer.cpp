#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/node_client.h"
#include "apps/process.h"
#include "apps/user_desk.h"
#include "base/crypto/digest.h"
#include "base/util/file.h"
#include "records/registry/access_token.h"

/// meterway signer: the Users of a test node behind a door of their own. Only on loopback, only with its token.
namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  std::string data;
  std::string token_file;
  std::uint16_t port = 8088;
};

constexpr std::string_view kRequests = "/requests";
constexpr const char* kLoopback = "127.0.0.1";

net::HttpResponse say(int status, const json& body) {
  return {
      status,
      {{"content-type", status < 300 ? "application/json" : "application/problem+json"}, {"cache-control", "no-store"}},
      body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
}
net::HttpResponse say_why(int status, const std::string& detail) {
  return say(status, {{"title", "not signed"}, {"status", status}, {"detail", detail}});
}

bool has_token(const net::HttpRequest& http, const std::string& token) {
  const auto found = http.headers.find("authorization");
  const auto wanted = "Bearer " + token;
  const auto bytes = [](std::string_view text) {
    return ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  };
  return found != http.headers.end() && crypto::equal_constant_time(bytes(found->second), bytes(wanted));
}

std::optional<unsigned> worth(const json& body, const char* name) {
  const auto found = body.find(name);
  return found != body.end() && found->is_number_unsigned() && found->get<std::uint64_t>() < 10'000
             ? std::optional(found->get<unsigned>())
             : std::nullopt;
}

int status_of(ErrorCode code) {
  return code == ErrorCode::NotFound     ? 404
         : code == ErrorCode::TooLarge   ? 503
         : code == ErrorCode::UnknownKey ? 409
                                         : 400;
}

net::HttpResponse take(const net::HttpRequest& http, UserDesk& desk) {
  const auto body = json::parse(http.body, nullptr, false);
  if (!body.is_object() || !body.contains("xml") || !body["xml"].is_string())
    return say_why(400, "expected {\"xml\": text, \"pounds\"? or \"pence\"?: number}");
  const auto id = desk.take({body["xml"].get<std::string>(), worth(body, "pounds"), worth(body, "pence")});
  if (!id) return say_why(status_of(id.error().code), describe(id.error()));
  return say(202, {{"request_id", id->text()}});
}

net::HttpResponse look(const std::string& path, const UserDesk& desk) {
  const auto id = RequestId::parse(std::string_view(path).substr(kRequests.size() + 1));
  const auto found = id ? desk.look(*id) : std::nullopt;
  if (!found) return say_why(404, "nothing of it was sent from here");
  json answers = json::array();
  for (const auto& one : found->answers)
    answers.push_back({{"at", one.at}, {"code", one.code}, {"opened", one.opened}, {"words", one.words}});
  return say(200, {{"request_id", id->text()},
                   {"service", found->service},
                   {"state", found->state},
                   {"told", found->told},
                   {"answers", std::move(answers)}});
}

net::HttpResponse serve_signer(const net::HttpRequest& http, UserDesk& desk, const std::string& token) {
  if (!has_token(http, token)) return say_why(401, "the signer's token is needed");
  if (http.path == kRequests) return http.method == "POST" ? take(http, desk) : say_why(405, "POST only");
  if (http.path.starts_with(std::string(kRequests) + "/"))
    return http.method == "GET" ? look(http.path, desk) : say_why(405, "GET only");
  return say_why(404, "there is no such path");
}

int refuse(const std::string& what, const Error& error) {
  fmt::print(stderr, "signer: {}: {}\n", what, describe(error));
  return 1;
}

int run(const Options& options) {
  hold_stop_signals();
  const DataFolder data{options.data};
  const auto world = load_world(data.world());
  if (!world) return refuse(data.world().string(), world.error());
  const auto file = options.token_file.empty() ? data.signer_token() : std::filesystem::path(options.token_file);
  auto token = read_token(file);
  if (token.empty()) {
    SystemRandom random;
    token = registry::new_token(random);
    if (const auto written = write_text_file(file, token + "\n", 0600); !written)
      return refuse(file.string(), written.error());
  }
  UserDesk desk(data, *world);
  const auto server = net::serve_http(
      kLoopback, options.port, [&](const net::HttpRequest& request) { return serve_signer(request, desk, token); });
  if (!server) return refuse(fmt::format("{}:{}", kLoopback, options.port), server.error());
  fmt::print("signing for {} Users on http://{}:{}; token in {}\n", world->users.size(), kLoopback, (*server)->port(),
             file.string());
  std::fflush(stdout);
  while (!wait_for_stop(std::chrono::seconds(60))) {
  }
  return 0;
}

}  // namespace

void add_signer(Subcommand& app, int& status) {
  auto* command = app.add_subcommand(
      "signer", "Be the Users of a test node for its portal: sign and send what it asks for, take the answers");
  auto options = std::make_shared<Options>();
  add_data_option(*command, options->data);
  command->add_option("--port", options->port, "On 127.0.0.1; 0: any free one")->capture_default_str();
  command->add_option("--token-file", options->token_file,
                      "Who asks must have this token; made when it is not there. DATA/signer.token without it");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
