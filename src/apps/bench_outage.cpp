#include "apps/bench_outage.h"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/bench_http.h"
#include "apps/bench_load.h"
#include "apps/node_client.h"
#include "apps/process.h"
#include "base/net/http.h"
#include "base/util/base64.h"
#include "base/util/file.h"
#include "field/sim/control.h"
#include "field/sim/estate_table.h"
#include "standard/pki/pem.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kTarget{60};

Status must_run(const std::vector<std::string>& arguments) {
  METERWAY_TRY(auto child, ChildProcess::start(arguments, true));  // standard output is for the figures
  const int status = child.wait();
  if (status != 0) return fail(ErrorCode::Io, static_cast<std::size_t>(status), "a command of the bench");
  return {};
}

std::string milliseconds(double seconds) { return std::to_string(static_cast<long>(seconds * 1000)); }

double cpu_seconds(pid_t process) {
  clockid_t clock;
  timespec now{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &now) != 0) return 0;
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// The network operator: takes every push and counts what it is told.
struct Operator {
  std::atomic<std::size_t> losses{0}, returns{0};
  std::unique_ptr<net::HttpServer> server;
};

class Stage {
 public:
  explicit Stage(const OutageBench& plan) : plan_(plan) {}
  ~Stage();
  Status open();

  Result<std::string> ask_estate(const std::string& line) const {
    return field::ask_control(dark() / "control.socket", line);
  }
  Result<json> report() const;
  const Operator& network() const { return *operator_; }
  Load* load() { return load_.get(); }
  pid_t platform() const { return platform_->pid(); }
  pid_t dark_estate() const { return dark_->pid(); }
  std::size_t lanes() const { return plan_.connections; }

 private:
  fs::path dark() const { return data_.root / "dark"; }
  Status make_node();
  Status make_dark_homes();
  Status write_settings();
  Status start();
  Status wait_until_connected();

  const OutageBench& plan_;
  DataFolder data_;
  bool temporary_ = false;
  World world_;
  std::unique_ptr<Operator> operator_;
  std::optional<ChildProcess> platform_, lit_, dark_;
  std::unique_ptr<UserKeys> keys_;
  std::unique_ptr<Load> load_;
};

Stage::~Stage() {
  load_.reset();
  dark_.reset();
  lit_.reset();
  platform_.reset();
  operator_.reset();
  std::error_code ignored;
  if (temporary_) fs::remove_all(data_.root, ignored);
}

Status Stage::open() {
  data_.root = plan_.data;
  if (plan_.data.empty()) {
    std::string name = (fs::temp_directory_path() / "meterway-outage-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return fail(ErrorCode::Io, 0, "temporary folder");
    data_.root = name;
    temporary_ = true;
  }
  METERWAY_CHECK(make_node());
  METERWAY_CHECK(make_dark_homes());
  METERWAY_CHECK(write_settings());
  return start();
}

Status Stage::make_node() {
  if (fs::exists(data_.world())) return {};
  const auto root = data_.root.string();
  METERWAY_CHECK(must_run({"pki", "make", "--data", root, "--homes", std::to_string(plan_.connections), "--push-port",
                           std::to_string(free_port("127.0.0.1"))}));
  METERWAY_TRY(const auto world, load_world(data_.world()));
  const auto demo = field::demo_home();
  std::vector<field::EstateRow> rows;
  for (const auto& device : world.devices) {
    auto row = demo.front();
    row.hub = device.hub;
    row.device = device.eui;
    row.type = device.type;
    row.seed = rows.size() + 1;
    rows.push_back(std::move(row));
  }
  const auto file = data_.root / "homes.tsv";
  METERWAY_CHECK(write_text_file(file, field::write_rows(rows)));
  return must_run({"estate", "init", "--data", root, "--homes", file.string()});
}

Status Stage::make_dark_homes() {
  if (fs::exists(dark())) return {};
  return must_run({"estate", "init", "--data", data_.root.string(), "--estate", dark().string(), "--count",
                   std::to_string(plan_.hubs), "--seed", "11", "--devices", "CHF,ESME"});
}

/// The dark homes as the inventory has them, and the certificates with which their meters' alerts are checked.
Status Stage::write_settings() {
  METERWAY_TRY(const auto world, load_world(data_.world()));
  METERWAY_TRY(const auto table, read_text_file(dark() / "public.tsv"));
  const auto supplier = world.users.at(0).eui.plain(), network = world.users.at(1).eui.plain();
  const auto certificates = data_.root / "dark-certificates";
  fs::create_directories(certificates);
  json devices = json::array();
  for (std::size_t at = 0; at < table.size();) {
    const auto end = std::min(table.find('\n', at), table.size());
    std::vector<std::string> fields{""};
    for (; at < end; ++at) {
      if (table[at] == '\t') {
        fields.emplace_back();
      } else {
        fields.back() += table[at];
      }
    }
    at = end + 1;
    if (fields.size() != 7 || fields[0] == "device") continue;
    json details = json::object();
    json responsible = json::array();
    if (fields[1] == "CHF") details["CSPRegion"] = fields[3];
    if (fields[1] == "ESME") {
      details["ImportMPxN"] = fields[4];
      responsible = {{{"role", "IS"}, {"user", supplier}}, {{"role", "ED"}, {"user", network}}};
      METERWAY_TRY(const auto der, from_base64(fields[5]));
      METERWAY_CHECK(write_text_file(certificates / (fields[0] + "-ds.pem"), pki::to_pem(der, pki::kPemCertificate)));
    }
    devices.push_back({{"eui", fields[0]},
                       {"type", fields[1]},
                       {"state", "Commissioned"},
                       {"hub", fields[2]},
                       {"details", std::move(details)},
                       {"responsible", std::move(responsible)}});
  }
  METERWAY_TRY(const auto config, read_text_file(data_.config()));
  auto root = json::parse(config, nullptr, false);
  if (!root.is_object()) return fail(ErrorCode::BadJson, 0, "config.json");
  for (auto& device : devices) root["devices"].push_back(std::move(device));
  root["delivery"]["least_delay_ms"] = 0;
  root["outage_after_ms"] = static_cast<long>(plan_.silence * 1000);
  root["certificates"] = {certificates.string()};
  return write_text_file(data_.root / "bench.json", root.dump());
}

Status Stage::start() {
  const auto root = data_.root.string();
  const auto log = data_.root / "serve.log";
  std::error_code ignored;
  fs::remove(log, ignored);
  METERWAY_TRY(auto platform,
               ChildProcess::start({"serve", "--data", root, "--config", (data_.root / "bench.json").string(),
                                    "--no-estate", "--http-port", "0", "--smki-port", "0", "--link-port", "0"},
                                   false, log.string()));
  platform_.emplace(std::move(platform));
  for (int i = 0;; ++i) {
    const auto said = read_text_file(log);
    if (said && said->find("ready:") != std::string::npos) break;
    if (i == 2400 || !platform_->running()) return fail(ErrorCode::Timeout, 0, "the platform");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  METERWAY_TRY(world_, load_world(data_.world()));
  operator_ = std::make_unique<Operator>();
  net::ServerLimits limits;
  limits.waiting = 4096;
  METERWAY_TRY(operator_->server,
               net::serve_http(
                   world_.address, world_.users.at(1).push_port,
                   [op = operator_.get()](const net::HttpRequest& http) -> net::HttpResponse {
                     if (http.body.find(">AD1<") != std::string::npos) ++op->losses;
                     if (http.body.find(">8F35<") != std::string::npos || http.body.find(">8F36<") != std::string::npos)
                       ++op->returns;
                     return {204, {}, ""};
                   },
                   limits));
  const auto link = fmt::format("{}:{}", world_.address, world_.link_port);
  METERWAY_TRY(auto lit, ChildProcess::start({"estate", "--data", root, "--link", link}, true));
  lit_.emplace(std::move(lit));
  METERWAY_TRY(auto dark_homes, ChildProcess::start({"estate", "--data", root, "--estate", dark().string(), "--link",
                                                     link, "--report-ms", milliseconds(plan_.silence), "--spread-ms",
                                                     milliseconds(plan_.spread), "--hold-up-ms",
                                                     milliseconds(plan_.silence + plan_.spread + 60)},
                                                    true));
  dark_.emplace(std::move(dark_homes));
  METERWAY_CHECK(wait_until_connected());
  METERWAY_TRY(keys_, UserKeys::open(data_, world_, world_.users.front().eui));
  METERWAY_TRY(load_, Load::open(world_, *keys_, plan_.connections));
  return {};
}

Status Stage::wait_until_connected() {
  for (int i = 0; i < 1200; ++i) {
    const auto said = ask_estate("stats");
    const auto stats = said ? json::parse(*said, nullptr, false) : json();
    bool connected = stats.is_object() && !stats["regions"].empty();
    if (connected) {
      for (const auto& [name, region] : stats["regions"].items()) connected = connected && region["connected"];
    }
    if (connected) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return fail(ErrorCode::Timeout, 0, "the estate of dark hubs");
}

Result<json> Stage::report() const {
  const NodeClient node(data_, std::nullopt);
  METERWAY_TRY(const auto answer, node.ask("GET", "/api/v1/outages/report"));
  auto report = json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !report.is_object()) return fail(ErrorCode::BadJson, 0, "report");
  return report;
}

LoadCase reading() {
  return {"4.1.1", duis::find_service("4.1.1"), DeviceType::ESME, "<sr:ReadInstantaneousImportRegisters/>"};
}

json load_json(const Tally& tally, double rate) {
  auto latency = tally.latency_ms;
  std::sort(latency.begin(), latency.end());
  const auto at = [&](double share) {
    return latency.empty() ? 0.0F
                           : latency[std::min(latency.size() - 1,
                                              static_cast<std::size_t>(share * static_cast<double>(latency.size())))];
  };
  return {{"rate", rate},
          {"done", tally.done},
          {"failed", tally.failed},
          {"requests_per_second", static_cast<double>(tally.done) / tally.elapsed.count()},
          {"p50_ms", at(0.5)},
          {"p99_ms", at(0.99)},
          {"problem", tally.problem}};
}

/// Waits until `count` is reached; how long it took, or nothing when it was not within `patience`.
std::optional<double> wait_for(const std::atomic<std::size_t>& count, std::size_t wanted,
                               std::chrono::seconds patience) {
  const auto begin = Steady::now();
  while (count < wanted) {
    if (Steady::now() - begin > patience) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

Result<json> measure(const OutageBench& plan, Stage& stage) {
  json out{{"hubs", plan.hubs}, {"silence_s", plan.silence}, {"spread_s", plan.spread}};
  double rate = plan.rate;
  if (!plan.no_traffic && rate <= 0) {
    const auto calm = stage.load()->run(reading(), std::chrono::seconds(4), 0);
    rate = static_cast<double>(calm.done) / calm.elapsed.count() / 2;
    out["calm"] = load_json(calm, 0);
  }
  const auto patience = std::chrono::seconds(static_cast<long>(plan.silence + plan.spread) + kTarget.count() + 30);
  // The supplier's side of the load takes the pushes of its alerts too, so it runs as long as there are any.
  const auto traffic_time = std::chrono::milliseconds(static_cast<long>((plan.silence + plan.spread + 15) * 1000));
  auto traffic = std::async(std::launch::async,
                            [&] { return stage.load()->run(reading(), traffic_time, plan.no_traffic ? 0.001 : rate); });
  std::this_thread::sleep_for(std::chrono::seconds(2));
  const auto cpu_before = cpu_seconds(stage.platform());
  METERWAY_TRY(const auto said, stage.ask_estate("outage"));
  out["outage"] = json::parse(said, nullptr, false);
  const auto told = wait_for(stage.network().losses, plan.hubs, patience);
  out["told_after_s"] = told ? json(*told) : json();
  const auto tally = traffic.get();
  out["platform_cpu_s"] = cpu_seconds(stage.platform()) - cpu_before;
  out["traffic"] = load_json(tally, rate);
  if (plan.restore) {
    auto calm = std::async(std::launch::async, [&] {
      return stage.load()->run(reading(), std::chrono::seconds(20), plan.no_traffic ? 0.001 : rate / 2);
    });
    METERWAY_TRY(const auto back, stage.ask_estate("restore"));
    out["restore"] = json::parse(back, nullptr, false);
    (void)wait_for(stage.network().returns, plan.hubs, std::chrono::seconds(90));
    (void)calm.get();
  }
  METERWAY_TRY(const auto stats, stage.ask_estate("stats"));
  out["estate"] = json::parse(stats, nullptr, false);
  METERWAY_TRY(out["report"], stage.report());
  return out;
}

}  // namespace

int run_outage_bench(const OutageBench& plan) {
  Stage stage(plan);
  if (const auto opened = stage.open(); !opened) {
    fmt::print(stderr, "bench outage: {}\n", describe(opened.error()));
    return 1;
  }
  const auto measured = measure(plan, stage);
  if (!measured) {
    fmt::print(stderr, "bench outage: {}\n", describe(measured.error()));
    return 1;
  }
  fmt::print("{}\n", measured->dump(1));
  for (const auto& group : (*measured)["report"]["groups"]) {
    if (group["alert"] != "loss" || group["region"] != "all") continue;
    return group["owed"] == 2 * plan.hubs && group["within_target"] == group["owed"] ? 0 : 1;
  }
  return 1;
}

}  // namespace meterway::apps
