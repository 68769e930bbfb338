#include "apps/bench_outage.h"

#include <fmt/format.h>

#include <atomic>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/bench_load.h"
#include "apps/bench_node.h"
#include "apps/node_client.h"
#include "base/net/http.h"
#include "field/sim/control.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kTarget{60};

std::string milliseconds(double seconds) { return std::to_string(static_cast<long>(seconds * 1000)); }

/// The network operator: takes every push and counts what it is told.
struct Operator {
  std::atomic<std::size_t> losses{0}, returns{0};
  std::unique_ptr<net::HttpServer> server;
};

/// The node, its homes and the load on them, dark homes beside, and the network operator.
class Stage {
 public:
  explicit Stage(const OutageBench& plan) : plan_(plan) {}
  ~Stage();
  Status open();

  Result<std::string> ask_estate(const std::string& line) const {
    return field::ask_control(dark_folder() / "control.socket", line);
  }
  Result<json> report() const;
  const Operator& network() const { return *operator_; }
  Load* load() { return load_.get(); }
  pid_t platform() const { return node_->platform(); }

 private:
  fs::path dark_folder() const { return node_->data().root / "dark"; }
  Status register_dark_homes();
  Status serve_operator();
  Status wait_until_connected();

  const OutageBench& plan_;
  std::unique_ptr<BenchNode> node_;
  std::unique_ptr<Operator> operator_;
  std::optional<ChildProcess> lit_, dark_;
  std::unique_ptr<UserKeys> keys_;
  std::unique_ptr<Load> load_;
};

Stage::~Stage() {
  load_.reset();
  dark_.reset();
  lit_.reset();
  node_.reset();  // it pushes to the operator
}

Status Stage::open() {
  METERWAY_TRY(node_, BenchNode::open(plan_.data, plan_.connections));
  METERWAY_CHECK(node_->start_platform(
      json{{"delivery", {{"least_delay_ms", 0}}}, {"outage_after_ms", static_cast<long>(plan_.silence * 1000)}}
          .dump()));
  METERWAY_CHECK(register_dark_homes());
  METERWAY_CHECK(serve_operator());
  METERWAY_TRY(auto lit, node_->start_estate(node_->data().estate()));
  lit_.emplace(std::move(lit));
  METERWAY_TRY(auto dark, node_->start_estate(dark_folder(), {"--report-ms", milliseconds(plan_.silence), "--spread-ms",
                                                              milliseconds(plan_.spread), "--hold-up-ms",
                                                              milliseconds(plan_.silence + plan_.spread + 60)}));
  dark_.emplace(std::move(dark));
  METERWAY_CHECK(wait_until_connected());
  METERWAY_TRY(keys_, UserKeys::open(node_->data(), node_->world(), node_->world().users.front().eui));
  METERWAY_TRY(load_, Load::open(node_->world(), *keys_, plan_.connections));
  return {};
}

/// The dark homes as the inventory has them, and the certificates with which their meters' alerts are checked.
Status Stage::register_dark_homes() {
  const auto root = node_->data().root.string();
  const auto& users = node_->world().users;
  if (!fs::exists(dark_folder()))
    METERWAY_CHECK(must_run({"estate", "init", "--data", root, "--estate", dark_folder().string(), "--count",
                             std::to_string(plan_.hubs), "--seed", "11", "--devices", "CHF,ESME", "--responsible",
                             fmt::format("IS:{};ED:{}", users.at(0).eui.plain(), users.at(1).eui.plain())}));
  return must_run({"device", "import", (dark_folder() / "public.tsv").string(), "--data", root});
}

Status Stage::serve_operator() {
  operator_ = std::make_unique<Operator>();
  net::ServerLimits limits;
  limits.waiting = 4096;
  METERWAY_TRY(operator_->server,
               net::serve_http(
                   node_->world().address, node_->world().users.at(1).push_port,
                   [op = operator_.get()](const net::HttpRequest& http) -> net::HttpResponse {
                     if (http.body.find(">AD1<") != std::string::npos) ++op->losses;
                     if (http.body.find(">8F35<") != std::string::npos || http.body.find(">8F36<") != std::string::npos)
                       ++op->returns;
                     return {204, {}, ""};
                   },
                   limits));
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
  const NodeClient node(node_->data(), std::nullopt);
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
  const auto cpu_before = cpu_us(stage.platform());
  METERWAY_TRY(const auto said, stage.ask_estate("outage"));
  out["outage"] = json::parse(said, nullptr, false);
  const auto told = wait_for(stage.network().losses, plan.hubs, patience);
  out["told_after_s"] = told ? json(*told) : json();
  const auto tally = traffic.get();
  out["platform_cpu_s"] = (cpu_us(stage.platform()) - cpu_before) / 1e6;
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
