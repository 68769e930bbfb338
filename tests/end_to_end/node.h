#pragma once
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/net/http.h"
#include "base/util/file.h"
#include "tests/support/ports.h"

/// A node in a folder of its own, driven from outside: the executable's commands, HTTP, signals. Nothing of the
/// platform is linked into what these tests judge.
namespace meterway::end_to_end {

namespace fs = std::filesystem;
inline constexpr const char* kSupplier = "90b3d51f30010000";
inline constexpr const char* kNetwork = "90b3d51f30020000";
inline constexpr const char* kSecondSupplier = "90b3d51f30030000";
inline constexpr const char* kEsme = "00db1234567890a0";
inline constexpr const char* kGsme = "00db1234567890a1";
inline constexpr const char* kHub = "00db1234567890a2";
inline constexpr const char* kGpf = "00db1234567890a3";
inline constexpr const char* kPpmid = "00db1234567890a4";
inline constexpr const char* kSpare = "00db1234567890a8";
inline constexpr const char* kBroker = "90b3d51f30000002";

/// What a command said and how it ended.
struct Said {
  int status = -1;
  std::string out;
};

inline pid_t start(const std::vector<std::string>& arguments, const fs::path& output, int uid = -1) {
  std::vector<std::string> copies = arguments;
  std::vector<char*> argv;
  for (auto& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (::freopen(output.c_str(), "w", stdout) == nullptr || ::dup2(1, 2) < 0) ::_exit(126);
  if (uid >= 0 && (::setgid(static_cast<gid_t>(uid)) != 0 || ::setuid(static_cast<uid_t>(uid)) != 0)) ::_exit(125);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

inline int wait_for(pid_t pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

inline std::string slurp(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class Node {
 public:
  explicit Node(nlohmann::json config = nlohmann::json::object()) {
    auto pattern = (fs::temp_directory_path() / "meterway_node_XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    fs::permissions(root_, fs::perms(0755));
    write_config(std::move(config));
    const auto made = run({"pki", "make", "--data", data(), "--http-port", std::to_string(ports_[0]), "--smki-port",
                           std::to_string(ports_[1]), "--link-port", std::to_string(ports_[2]), "--push-port",
                           std::to_string(ports_[kPushPorts])});
    if (made.status != 0) throw std::runtime_error(made.out);
  }
  ~Node() {
    stop_estate();
    stop_platform();
    fs::remove_all(root_);
  }

  std::string data() const { return (root_ / "data").string(); }
  fs::path root() const { return root_; }
  void write_config(nlohmann::json config) {
    nlohmann::json base = {{"reach_timeout_ms", 2000},
                           {"device_timeout_ms", 5000},
                           {"delivery", {{"least_delay_ms", 100}, {"first_retry_ms", 100}, {"longest_retry_ms", 500}}}};
    base.merge_patch(config);
    std::ofstream(root_ / "over.json") << base.dump();
  }

  /// Starts the platform and waits until it is ready.
  void start_platform(int uid = -1) {
    std::string program = METERWAY_BINARY;
    if (uid >= 0) {  // the source tree may be closed to that user
      program = (root_ / "meterway").string();
      fs::copy_file(METERWAY_BINARY, program, fs::copy_options::overwrite_existing);
    }
    std::vector<std::string> arguments{
        program, "serve", "--data", data(), "--config", (root_ / "over.json").string(), "--no-estate"};
    fs::remove(root_ / "serve.log");  // an earlier run was ready, too
    platform_ = start(arguments, root_ / "serve.log", uid);
    ASSERT_TRUE(eventually([&] { return has(slurp(root_ / "serve.log"), "ready:"); }, 20))
        << slurp(root_ / "serve.log");
  }
  /// `link_port`: of something between it and the platform, else the platform's own.
  void start_estate(int link_port = 0) {
    if (link_port == 0) link_port = world().at("link_port").get<int>();
    estate_ = start({METERWAY_BINARY, "estate", "--data", data(), "--link", "127.0.0.1:" + std::to_string(link_port)},
                    root_ / "estate.log");
  }
  void stop_platform(int how = SIGTERM) { end(platform_, how); }
  void stop_estate() { end(estate_, SIGTERM); }
  pid_t platform() const { return platform_; }
  /// The exit status of a platform that was asked to end.
  int wait_platform() {
    const int status = wait_for(platform_);
    platform_ = -1;
    return status;
  }

  nlohmann::json world() const { return nlohmann::json::parse(slurp(root_ / "data" / "world.json")); }
  std::string http() const { return "http://127.0.0.1:" + std::to_string(world().at("http_port").get<int>()); }
  std::string smki() const { return "http://127.0.0.1:" + std::to_string(world().at("smki_port").get<int>()); }

  Said run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), METERWAY_BINARY);
    const auto output = root_ / ("said_" + std::to_string(++said_));
    Said out;
    out.status = wait_for(start(arguments, output));
    out.out = slurp(output);
    return out;
  }
  Said send(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "send");
    arguments.insert(arguments.end(), {"--data", data(), "--wait", "15"});
    return run(std::move(arguments));
  }
  /// A signed request that has not been sent.
  std::string signed_request(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "send");
    arguments.insert(arguments.end(), {"--data", data(), "--print"});
    auto said = run(std::move(arguments));
    EXPECT_EQ(said.status, 0) << said.out;
    while (!said.out.empty() && said.out.back() == '\n') said.out.pop_back();
    return said.out;
  }
  /// The same text signed again, its counter kept.
  std::string sign_again(const std::string& request, const std::string& user) const {
    auto unsigned_text = request.substr(0, request.find("<ds:Signature"));
    if (unsigned_text.size() == request.size()) unsigned_text = request.substr(0, request.find("<Signature"));
    std::ofstream(root_ / "request.xml") << unsigned_text << "</sr:Request>";
    return signed_request({"--request", (root_ / "request.xml").string(), "--keep-counter", "--from", user});
  }
  net::HttpResponse post(char service, const std::string& body, const std::string& type = "application/xml") const {
    const auto answer = net::http_request("POST", http() + "/api/v1/service" + service, {{"content-type", type}}, body,
                                          std::chrono::seconds(5));
    EXPECT_TRUE(answer) << describe(answer.error());
    return answer ? *answer : net::HttpResponse{};
  }
  /// The header that says who is calling: the operator.
  net::Headers as_operator() const {
    auto token = slurp(fs::path(data()) / "platform" / "operator.token");
    while (!token.empty() && token.back() == '\n') token.pop_back();
    return {{"authorization", "Bearer " + token}};
  }
  nlohmann::json trace(const std::string& id) const {
    const auto answer =
        net::http_request("GET", http() + "/api/v1/trace/" + id, as_operator(), "", std::chrono::seconds(5));
    return answer && answer->status == 200 ? nlohmann::json::parse(answer->body).at("events") : nlohmann::json::array();
  }
  bool traced(const std::string& id, std::string_view step, std::string_view outcome) const {
    for (const auto& event : trace(id)) {
      if (event.at("step") == step && event.at("outcome") == outcome) return true;
    }
    return false;
  }
  /// Whether the User is told this of the request, by and by: "I0", "E100".
  bool ends(const std::string& id, std::string_view code) const {
    return eventually(
        [&] {
          for (const auto& event : trace(id)) {
            if (event.at("step") == "deliver" && event.at("outcome") == "queued" &&
                event.at("detail").get<std::string>().starts_with(code))
              return true;
          }
          return false;
        },
        20);
  }

  template <class Predicate>
  static bool eventually(Predicate predicate, int seconds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (std::chrono::steady_clock::now() < until) {
      if (predicate()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return predicate();
  }

 private:
  static void end(pid_t& pid, int how) {
    if (pid <= 0) return;
    ::kill(pid, how);
    wait_for(pid);
    pid = -1;
  }

  static constexpr int kPushPorts = 8;  // one a User, from here on

  tests::PortBlock ports_;
  fs::path root_;
  pid_t platform_ = -1;
  pid_t estate_ = -1;
  mutable std::atomic<int> said_ = 0;
};

/// Text of the first element of that local name; empty when there is none.
inline std::string element(const std::string& xml, const std::string& name) {
  const auto open = xml.find("<sr:" + name + ">");
  if (open == std::string::npos) return {};
  const auto begin = open + name.size() + 5;
  return xml.substr(begin, xml.find("</sr:" + name + ">", begin) - begin);
}

inline std::string code_of(const net::HttpResponse& answer) { return element(answer.body, "ResponseCode"); }

}  // namespace meterway::end_to_end
