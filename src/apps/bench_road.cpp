#include "apps/bench_road.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/bench_bound.h"
#include "apps/bench_node.h"
#include "apps/user_answer.h"
#include "apps/user_request.h"
#include "standard/duis/schema_tables.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr unsigned kRounds = 15;
constexpr std::chrono::milliseconds kWarmUp{1500};

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double percentile(std::vector<float>& values, double part) {
  if (values.empty()) return 0;
  const auto at = std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return static_cast<double>(values[at]);
}

double rounded(double value) { return std::round(value * 1000) / 1000; }

/// 6.22 with every alert that the schema lets a gas supplier configure: the most elements that a non-critical request
/// to a device can have.
std::string every_gas_alert() {
  using namespace duis::schema;
  std::string out = "<sr:ConfigureAlertBehaviour><sr:GasSupplierAlertEventSettings>";
  for (const auto& type : complex_types()) {
    if (type.name != "sr:SupplierGSMEAlertsEvents") continue;
    for (auto at = type.particle; at < type.particle_end; ++at) {
      const auto& particle = particles()[at];
      if (particle.kind != ParticleKind::Element) continue;
      out += fmt::format(
          "<sr:{0}><sr:WANAlert>Disable</sr:WANAlert><sr:HANAlert>Disable</sr:HANAlert>"
          "<sr:EventLog>Enable</sr:EventLog><sr:Alarm>Disable</sr:Alarm></sr:{0}>",
          names()[particle.name].local);
    }
  }
  return out + "</sr:GasSupplierAlertEventSettings></sr:ConfigureAlertBehaviour>";
}

std::vector<LoadCase> cases() {
  return {{"4.1.1", duis::find_service("4.1.1"), DeviceType::ESME, "<sr:ReadInstantaneousImportRegisters/>"},
          {"6.22", duis::find_service("6.22"), DeviceType::GSME, every_gas_alert()},
          {"1.1.1", duis::find_service("1.1.1"), DeviceType::ESME, default_tariff()}};
}

/// The node, its homes and the load.
class Stage {
 public:
  static Result<std::unique_ptr<Stage>> open(const RoadBench& plan);
  ~Stage();

  pid_t platform() const { return node_->platform(); }
  pid_t estate() const { return estate_->pid(); }
  const World& world() const { return node_->world(); }
  const UserKeys& keys() const { return *keys_; }
  Load& load() { return *load_; }

 private:
  void move_estate();

  std::unique_ptr<BenchNode> node_;
  fs::path estate_folder_;
  std::optional<ChildProcess> estate_;
  std::unique_ptr<UserKeys> keys_;
  std::unique_ptr<Load> load_;
};

Stage::~Stage() {
  load_.reset();
  estate_.reset();
  std::error_code ignored;
  if (estate_folder_ != node_->data().estate()) fs::remove_all(estate_folder_, ignored);
}

Result<std::unique_ptr<Stage>> Stage::open(const RoadBench& plan) {
  METERWAY_TRY(auto node, BenchNode::open(plan.data, plan.connections));
  auto stage = std::make_unique<Stage>();
  stage->node_ = std::move(node);
  stage->move_estate();
  // The pause before a push is for clients that are slow to note what they asked; it would only idle here.
  METERWAY_CHECK(stage->node_->start_platform(R"({"delivery": {"least_delay_ms": 0}})"));
  METERWAY_TRY(auto estate,
               stage->node_->start_estate(stage->estate_folder_, {"--latency-ms", std::to_string(plan.latency_ms)}));
  stage->estate_.emplace(std::move(estate));
  METERWAY_TRY(stage->keys_, UserKeys::open(stage->node_->data(), stage->world(), stage->world().users.front().eui));
  METERWAY_TRY(stage->load_, Load::open(stage->world(), *stage->keys_, plan.connections));
  return stage;
}

/// The homes write what their devices remember to disk as devices would to their own memory; where there is a folder
/// in memory they are moved there, so that the disk is left to the platform.
void Stage::move_estate() {
  estate_folder_ = node_->data().estate();
  std::error_code failed;
  const fs::path memory = "/dev/shm";
  if (!node_->is_temporary() || !fs::is_directory(memory, failed)) return;
  const auto there = memory / node_->data().root.filename();
  fs::copy(estate_folder_, there, fs::copy_options::recursive, failed);
  if (!failed) estate_folder_ = there;
}

/// The answer is what a User would accept: signed by the DCC, the device's MAC and signature right.
Status check_answer(const std::string& answer, const Stage& stage) {
  METERWAY_TRY(const auto read, read_answer(answer, stage.keys()));
  METERWAY_TRY(const auto opened, open_payload(read.payload, stage.keys(), stage.world(), read.request_id));
  static_cast<void>(opened);
  return {};
}

/// One kind of request, all its rounds; the lines of the report.
Result<json, std::string> run_case(const LoadCase& what, const RoadBench& plan, Stage& stage) {
  const auto fault = [&](const std::string& why) { return Unexpected<std::string>{what.name + ": " + why}; };
  const auto warm = stage.load().run(what, kWarmUp, 0);
  if (warm.done == 0) return fault(warm.problem.empty() ? "nothing was answered" : warm.problem);
  if (const auto checked = check_answer(warm.answer, stage); !checked) return fault(describe(checked.error()));

  auto stages = bound_stages(what, warm);
  std::vector<double> ratios, bounds, costs, estates, loads, rates;
  std::vector<float> latency, acknowledged;
  std::size_t done = 0, failed = 0, repeated = 0;
  std::string problem;
  const std::chrono::milliseconds stretch(static_cast<int>(plan.seconds * 1000 / kRounds));
  for (unsigned round = 0; round < kRounds; ++round) {
    const double bound = measure_bound_us(stages);
    const double platform = cpu_us(stage.platform()), estate = cpu_us(stage.estate()), own = cpu_us(getpid());
    const auto tally = stage.load().run(what, stretch, plan.rate);
    const auto each = [&](double before, pid_t process) {
      return (cpu_us(process) - before) / static_cast<double>(std::max<std::size_t>(1, tally.done));
    };
    costs.push_back(each(platform, stage.platform()));
    estates.push_back(each(estate, stage.estate()));
    loads.push_back(each(own, getpid()));
    bounds.push_back(bound);
    ratios.push_back(costs.back() / bound);
    rates.push_back(static_cast<double>(tally.done) / tally.elapsed.count());
    latency.insert(latency.end(), tally.latency_ms.begin(), tally.latency_ms.end());
    acknowledged.insert(acknowledged.end(), tally.acknowledged_ms.begin(), tally.acknowledged_ms.end());
    done += tally.done;
    failed += tally.failed;
    repeated += tally.repeated;
    if (problem.empty()) problem = tally.problem;
  }
  if (done == 0) return fault(problem);
  json list = json::array();
  for (const auto& one : stages)
    list.push_back({{"name", one.name}, {"times", one.times}, {"us", rounded(median(one.rounds_us))}});
  json out{{"ratio", rounded(median(ratios))},
           {"bound_us", rounded(median(bounds))},
           {"cost_us", rounded(median(costs))},
           {"requests_per_second", rounded(median(rates))},
           {"p50_ms", rounded(percentile(latency, 0.50))},
           {"p99_ms", rounded(percentile(latency, 0.99))},
           {"acknowledged_p99_ms", rounded(percentile(acknowledged, 0.99))},
           {"emulator_us", rounded(median(estates))},
           {"load_us", rounded(median(loads))},
           {"request_bytes", warm.request.size()},
           {"answered", done},
           {"failed", failed},
           {"repeated", repeated},
           {"stages", list}};
  if (!problem.empty()) out["problem"] = problem;
  return out;
}

void print_case(const std::string& name, const json& result) {
  fmt::print(
      "{:<6} ratio {:5.2f}   cost {:7.1f} us   bound {:6.1f} us   {:7.1f}/s   p99 {:6.1f} ms   emulator {:.1f} us, "
      "load "
      "{:.1f} us   {} answered, {} failed, {} repeated\n",
      name, result["ratio"].get<double>(), result["cost_us"].get<double>(), result["bound_us"].get<double>(),
      result["requests_per_second"].get<double>(), result["p99_ms"].get<double>(), result["emulator_us"].get<double>(),
      result["load_us"].get<double>(), result["answered"].get<std::size_t>(), result["failed"].get<std::size_t>(),
      result["repeated"].get<std::size_t>());
  if (result.contains("problem")) fmt::print("       {}\n", result["problem"].get<std::string>());
  std::fflush(stdout);
}

}  // namespace

int run_road_bench(const RoadBench& plan) {
  auto stage = Stage::open(plan);
  if (!stage) {
    fmt::print(stderr, "bench road: {}\n", describe(stage.error()));
    return 1;
  }
  json report = json::object();
  int status = 0;
  for (const auto& what : cases()) {
    if (!plan.only.empty() && std::find(plan.only.begin(), plan.only.end(), what.name) == plan.only.end()) continue;
    auto result = run_case(what, plan, **stage);
    if (!result) {
      fmt::print(stderr, "bench road: {}\n", result.error());
      status = 1;
      continue;
    }
    if (!plan.json) print_case(what.name, *result);
    report[what.name] = *std::move(result);
  }
  if (plan.json) fmt::print("{}\n", report.dump(2));
  return status;
}

}  // namespace meterway::apps
