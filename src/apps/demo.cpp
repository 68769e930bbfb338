#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/demo_people.h"
#include "apps/node.h"
#include "apps/process.h"
#include "apps/world.h"
#include "base/net/http.h"
#include "base/util/file.h"

/// The main job once, as a newcomer sees it: a platform and an emulated home as processes of their own, and a User who
/// asks through the same commands that anybody has. Nothing here knows more than the command line.
namespace meterway::apps {
namespace {

constexpr std::uint16_t kSignerPort = 8088;

struct Options {
  std::string data;
  bool once = false;
};

/// One thing that the demo asks for.
struct Job {
  std::string_view title;
  std::vector<std::string> arguments;  ///< of send
  DeviceType to;
};

const std::vector<Job>& jobs() {
  static const std::vector<Job> list{
      {"Who lives here? The inventory answers without a device", {"8.2"}, DeviceType::CHF},
      {"Read the gas registers", {"4.1.1"}, DeviceType::GPF},
      {"Read the electricity balance", {"4.18"}, DeviceType::ESME},
      {"Is the supply on?", {"7.4"}, DeviceType::ESME},
      {"Top up by ten pounds, with a token that only the meter can check", {"2.2", "--pounds", "10"}, DeviceType::ESME},
      {"A critical command, a new tariff: transform, check, sign, send", {"1.1.1"}, DeviceType::ESME},
      {"Read the electricity registers", {"4.1.1"}, DeviceType::ESME},
  };
  return list;
}

bool is_free(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  if (socket < 0) return false;
  const int one = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return bound;
}

/// Any port that is free now.
std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  if (socket < 0) return 0;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool known = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  return known ? ntohs(address.sin_port) : std::uint16_t{0};
}

/// Settings that make a test node of it: who signs for the Users. The file, or nothing when it cannot be written.
std::string test_settings(const DataFolder& data, std::uint16_t signer_port) {
  const auto file = data.root / "demo.json";
  const nlohmann::json settings = {
      {"test",
       {{"signer",
         {{"url", fmt::format("http://127.0.0.1:{}", signer_port)}, {"token_file", data.signer_token().string()}}}}}};
  return write_text_file(file, settings.dump(2) + "\n") ? file.string() : std::string();
}

/// The ports of the node, or of a new one the usual ones; what is taken is left to chance.
std::vector<std::string> serve_arguments(const Options& options, const DataFolder& data, const std::string& config) {
  const auto known = load_world(data.world());
  const World world = known ? *known : World();
  std::vector<std::string> arguments{"serve", "--data", options.data, "--estate-log",
                                     (data.root / "estate.log").string()};
  if (!config.empty()) arguments.insert(arguments.end(), {"--config", config});
  const auto choose = [&](const char* name, std::uint16_t port) {
    if (!is_free(port)) arguments.insert(arguments.end(), {name, "0"});
  };
  choose("--http-port", world.http_port);
  choose("--portal-port", known ? world.portal_port : kDefaultPortalPort);
  choose("--smki-port", world.smki_port);
  choose("--link-port", world.link_port);
  return arguments;
}

bool is_healthy(const World& world) {
  const auto answer = net::http_request("GET", world.http_url() + "/healthz", {}, "", std::chrono::seconds(1));
  return answer && answer->status == 200;
}

/// Errors: Closed when the platform ended; Timeout.
Result<World> wait_for_platform(ChildProcess& platform, const DataFolder& data, const std::filesystem::path& log) {
  for (int i = 0; i < 600; ++i) {
    if (!platform.running()) return fail(ErrorCode::Closed, 0, "the platform");
    const auto said = read_text_file(log);  // it says "ready" once its ports are in world.json
    if (said && said->find("ready:") != std::string::npos) {
      METERWAY_TRY(auto world, load_world(data.world()));
      if (is_healthy(world)) return world;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return fail(ErrorCode::Timeout, 0, "the platform");
}

/// Runs `meterway <arguments>`, shows what it said and returns it. Errors: Io.
Result<std::pair<int, std::string>> run_and_show(const std::vector<std::string>& arguments,
                                                 const std::filesystem::path& file) {
  METERWAY_TRY(auto child, ChildProcess::start(arguments, false, file.string()));
  const int status = child.wait();
  METERWAY_TRY(auto text, read_text_file(file));
  fmt::print("{}{}", text, text.empty() || text.back() == '\n' ? "" : "\n");
  std::fflush(stdout);
  return std::pair{status, std::move(text)};
}

std::string request_id_in(const std::string& text) {
  const auto at = text.find("RequestID");
  if (at == std::string::npos) return {};
  const auto begin = text.find_first_not_of(" :", at + 9);
  const auto end = text.find_first_of(" \n", begin);
  return begin == std::string::npos ? std::string() : text.substr(begin, end - begin);
}

Eui64 device_of(const World& world, DeviceType type) {
  for (const auto& device : world.devices) {
    if (device.type == type) return device.eui;
  }
  return Eui64();
}

/// True when every job was answered.
bool run_jobs(const Options& options, const World& world, const std::filesystem::path& scratch) {
  bool all = true;
  std::string last;
  for (const auto& job : jobs()) {
    fmt::print("\n== {}\n", job.title);
    std::vector<std::string> arguments{"send"};
    arguments.insert(arguments.end(), job.arguments.begin(), job.arguments.end());
    arguments.insert(arguments.end(), {"--to", device_of(world, job.to).plain(), "--data", options.data});
    fmt::print("$ meterway {}\n", fmt::join(arguments, " "));
    std::fflush(stdout);
    const auto sent = run_and_show(arguments, scratch);
    if (!sent || sent->first != 0) {
      fmt::print("-- not answered ({})\n", sent ? fmt::format("status {}", sent->first) : describe(sent.error()));
      all = false;
      continue;
    }
    last = request_id_in(sent->second);
  }
  if (last.empty()) return false;
  fmt::print("\n== Every hop of the last request\n$ meterway trace {}\n", last);
  std::fflush(stdout);
  // The receipt of the push is written a moment after the User has the answer.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto traced = run_and_show({"trace", last, "--data", options.data}, scratch);
  return all && traced && traced->first == 0;
}

int run(const Options& options) {
  hold_stop_signals();
  const DataFolder data{options.data};
  std::error_code ignored;
  std::filesystem::create_directories(data.root, ignored);
  const auto log = data.root / "serve.log";
  std::filesystem::remove(log, ignored);
  const auto signer_port = is_free(kSignerPort) ? kSignerPort : free_port();
  const auto config = test_settings(data, signer_port);
  auto platform = ChildProcess::start(serve_arguments(options, data, config), false, log.string());
  if (!platform) {
    fmt::print(stderr, "demo: {}\n", describe(platform.error()));
    return 1;
  }
  const auto world = wait_for_platform(*platform, data, log);
  if (!world) {
    fmt::print(stderr, "demo: {} (see {})\n", describe(world.error()), log.string());
    return 1;
  }
  // A process and keys of its own: the platform cannot sign what the party signs (docs/adr/0003).
  std::optional<ChildProcess> party;
  const auto party_log = (data.root / "cos.log").string();
  if (world->tls_port != 0) {  // it comes by TLS, as itself
    auto started = ChildProcess::start({"cos", "--data", options.data}, false, party_log);
    if (!started) {
      fmt::print(stderr, "demo: the transitional change of supplier party: {}\n", describe(started.error()));
      return 1;
    }
    party = std::move(*started);
  } else {
    fmt::print("no TLS port: nobody signs changes of supplier (6.23)\n");
  }
  // The Users' keys are in a process of their own, too, where the portal has requests signed.
  const auto signer_log = (data.root / "signer.log").string();
  auto signer =
      ChildProcess::start({"signer", "--data", options.data, "--port", std::to_string(signer_port)}, false, signer_log);
  if (!signer) fmt::print(stderr, "demo: nobody signs for the portal: {}\n", describe(signer.error()));
  const auto stop = [&] {
    if (signer) (void)signer->stop();
    if (party) (void)party->stop();
    return platform->stop();
  };
  fmt::print("portal     {}\n", world->portal_url());
  fmt::print("platform   {}   certificate search {}   emulated home on port {}\n", world->http_url(), world->smki_url(),
             world->link_port);
  if (!make_demo_people(data, *world))
    fmt::print(stderr, "demo: not all people could be made: see meterway person list\n");
  std::fflush(stdout);
  const bool done = run_jobs(options, *world, data.root / "demo.out");
  fmt::print("\n{}\n", done ? "The road is open: asked, carried, answered, delivered."
                            : "Something was not answered; see above.");
  if (options.once) return stop() == 0 && done ? 0 : 1;
  fmt::print("Running until Ctrl-C. Try: meterway send 4.1.1 --to {} --data {}\n",
             device_of(*world, DeviceType::ESME).plain(), options.data);
  std::fflush(stdout);
  while (platform->running()) {
    if (party && !party->running()) {
      fmt::print(stderr, "demo: the transitional change of supplier party has ended (see {})\n", party_log);
      party.reset();
    }
    if (signer && !signer->running()) {
      fmt::print(stderr, "demo: the signer has ended (see {})\n", signer_log);
      signer = fail(ErrorCode::Closed, 0, "signer");
    }
    if (wait_for_stop(std::chrono::milliseconds(500))) return stop() == 0 && done ? 0 : 1;
  }
  fmt::print(stderr, "demo: the platform has ended (see {})\n", log.string());
  return 1;
}

}  // namespace

void add_demo(Subcommand& app, int& status) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("demo", "Start platform and emulated home, do the main job once, and stay up");
  add_data_option(*command, options->data);
  command->add_flag("--once", options->once, "End after the main job; the exit status tells");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
