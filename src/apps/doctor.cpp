#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/doctor_checks.h"
#include "apps/node_client.h"
#include "apps/world.h"
#include "base/net/http.h"

namespace meterway::apps {
namespace {

constexpr std::chrono::seconds kPatience{2};

/// Collects findings; a finding that stops work says what to do about it.
class Report {
 public:
  void good(std::string_view what) { fmt::print("ok       {}\n", what); }
  void note(std::string_view what) { fmt::print("note     {}\n", what); }
  void bad(std::string_view what, std::string_view remedy) {
    fmt::print("PROBLEM  {}\n         do: {}\n", what, remedy);
    ++problems_;
  }
  void add(const Findings& findings) {
    for (const auto& one : findings) {
      if (one.kind == Finding::Kind::Good) good(one.what);
      if (one.kind == Finding::Kind::Note) note(one.what);
      if (one.kind == Finding::Kind::Problem) bad(one.what, one.remedy);
    }
  }
  int problems() const { return problems_; }

 private:
  int problems_ = 0;
};

/// A port is free, or one of ours answers there, or a stranger has it.
void check_port(Report& report, const World& world, std::uint16_t port, std::string_view what,
                const std::string& probe) {
  const auto name = fmt::format("{} port {}:{}", what, world.address, port);
  if (net::serve_http(world.address, port, [](const auto&) { return net::HttpResponse{}; })) {
    report.note(name + " is free: nothing runs there now");
    return;
  }
  const auto url = fmt::format("http://{}:{}{}", world.address, port, probe);
  if (!probe.empty() && !net::http_request("GET", url, {}, "", kPatience)) {
    report.bad(name + " is taken by something that does not speak HTTP",
               fmt::format("see `ss -ltnp 'sport = :{}'`, stop it or choose another port", port));
    return;
  }
  report.good(name + " is in use" + (probe.empty() ? "" : " and answers HTTP"));
}

void check_users(Report& report, const DataFolder& data, const World& world) {
  for (const auto& user : world.users) {
    if (std::filesystem::exists(data.user(user.eui) / (user.eui.plain() + "-ds.key"))) {
      report.good(fmt::format("User {} ({}) has keys here", user.eui.dashed_upper(), user.name));
    } else {
      report.note(fmt::format("User {} ({}) has no keys here: `send --from {}` cannot sign", user.eui.dashed_upper(),
                              user.name, user.eui.plain()));
    }
    check_port(report, world, user.push_port, "push of " + user.name + ",", "");
  }
}

/// The portal's pages are part of the program; one that was built without them has none.
void check_pages(Report& report, const World& world) {
  if (world.portal_port == 0) return;
  const auto url = fmt::format("http://{}:{}/", world.address, world.portal_port);
  const auto page = net::http_request("GET", url, {}, "", kPatience);
  if (!page) return;  // told of the port
  const auto type = page->headers.find("content-type");
  if (page->status == 200 && type != page->headers.end() && type->second.starts_with("text/html")) {
    report.good("the portal's pages are at " + url);
  } else {
    report.bad(fmt::format("{} answers {} and no page", url, page->status),
               "install a program that was built with its pages");
  }
}

/// What a running platform says of itself; nothing where none runs.
void check_running(Report& report, const DataFolder& data, const World& world) {
  const auto ready = net::http_request("GET", world.http_url() + "/readyz?checks", {}, "", kPatience);
  if (!ready) return;
  const auto body = nlohmann::json::parse(ready->body, nullptr, false);
  if (!body.is_object() || !body.contains("checks")) return;
  for (const auto& check : body["checks"]) {
    const auto name = check.value("name", "");
    if (check.value("state", "") != "ok")
      report.bad("the running platform's check \"" + name + "\" fails",
                 "docs/operations/watching.md says what it looks at");
  }
  if (ready->status == 200) report.good("the running platform is ready");
  check_pages(report, world);
  const auto token = read_token(data.operator_token());
  const auto told =
      net::http_request("GET", world.http_url() + "/metrics", {{"authorization", "Bearer " + token}}, "", kPatience);
  if (!told || told->status != 200) return;
  constexpr std::string_view kHubs = "\nmeterway_hubs_connected ";
  const auto at = told->body.find(kHubs);
  if (at == std::string::npos) return;
  const auto hubs = std::strtoull(told->body.c_str() + at + kHubs.size(), nullptr, 10);
  hubs == 0 ? report.bad("no communications hub is connected to the link",
                         fmt::format("start the homes (`meterway estate`), or look why regions do not reach {}:{}",
                                     world.address, world.link_port))
            : report.good(fmt::format("{} communications hubs are connected", hubs));
}

std::uint64_t most_open_files() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

int run(const std::string& folder, std::uint64_t least_free_mb) {
  Report report;
  const DataFolder data{folder};
  const auto now = SystemClock().now();
  report.add(check_clock(now));
  report.add(check_crypto());
  report.add(check_open_files(most_open_files()));
  if (!std::filesystem::exists(data.root)) {
    report.note(data.root.string() + " does not exist yet");
    World world;
    check_port(report, world, world.http_port, "DUIS", "/");
    check_port(report, world, world.smki_port, "SMKI", "/");
    check_port(report, world, world.link_port, "link", "");
    report.note("`meterway serve --data " + folder + "` makes a node with the demo estate there");
    return report.problems() == 0 ? 0 : 1;
  }
  report.add(check_owner(data, ::geteuid()));
  report.add(check_disk(data, least_free_mb));
  report.add(check_keys(data));
  report.add(check_store(data));
  const auto world = load_world(data.world());
  if (!world) {
    report.bad(data.world().string() + ": " + describe(world.error()),
               "give the folder of a node with --data, or let `meterway serve` make one in an empty folder");
    return 1;
  }
  report.add(check_settings(data));
  report.add(check_signer(data, *world, now));
  report.add(check_tls(data, now));
  check_port(report, *world, world->http_port, "DUIS", "/");
  if (world->portal_port != 0) check_port(report, *world, world->portal_port, "portal", "/");
  check_port(report, *world, world->smki_port, "SMKI", "/");
  check_port(report, *world, world->link_port, "link", "");
  check_running(report, data, *world);
  check_users(report, data, *world);
  return report.problems() == 0 ? 0 : 1;
}

}  // namespace

void add_doctor(Subcommand& app, int& status) {
  auto* command =
      app.add_subcommand("doctor", "Check ports, cryptography, clock, keys, certificates, disk; say what to do");
  auto data = std::make_shared<std::string>();
  auto least_free_mb = std::make_shared<std::uint64_t>(100);
  add_data_option(*command, *data);
  command->add_option("--least-free-mb", *least_free_mb, "Less room on the disk is a problem")->capture_default_str();
  command->footer("Exit status: 0 nothing is wrong, 1 something is; each problem says what to do.");
  command->callback([data, least_free_mb, &status] { status = run(*data, *least_free_mb); });
}

}  // namespace meterway::apps
