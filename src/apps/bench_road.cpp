#include "apps/bench_road.h"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/bench_bound.h"
#include "apps/bench_http.h"
#include "apps/process.h"
#include "apps/user_answer.h"
#include "apps/user_request.h"
#include "base/util/file.h"
#include "field/sim/estate_table.h"
#include "standard/duis/schema_tables.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr unsigned kRounds = 15;
constexpr std::chrono::milliseconds kWarmUp{1500};

Result<std::size_t> must_run(const std::vector<std::string>& arguments) {
  METERWAY_TRY(const int status, run_self(arguments));
  if (status != 0) return fail(ErrorCode::Io, static_cast<std::size_t>(status), "a command of the bench");
  return std::size_t{0};
}

double cpu_of_us(pid_t process) {
  clockid_t clock;
  timespec now{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &now) != 0) return 0;
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

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

/// A node with its homes, each a process of its own, on ports of chance.
class Stage {
 public:
  static Result<std::unique_ptr<Stage>> open(const RoadBench& plan);
  ~Stage();

  pid_t platform() const { return platform_->pid(); }
  pid_t estate() const { return estate_->pid(); }
  const World& world() const { return world_; }
  const UserKeys& keys() const { return *keys_; }
  Load& load() { return *load_; }

 private:
  Status make_node(const RoadBench& plan);
  Status start(const RoadBench& plan);
  void move_estate();

  DataFolder data_;
  bool temporary_ = false;
  fs::path estate_folder_;
  World world_;
  std::optional<ChildProcess> platform_, estate_;
  std::unique_ptr<UserKeys> keys_;
  std::unique_ptr<Load> load_;
};

Stage::~Stage() {
  load_.reset();
  estate_.reset();
  platform_.reset();
  std::error_code ignored;
  if (temporary_) fs::remove_all(data_.root, ignored);
  if (estate_folder_ != data_.estate()) fs::remove_all(estate_folder_, ignored);
}

Result<std::unique_ptr<Stage>> Stage::open(const RoadBench& plan) {
  auto stage = std::make_unique<Stage>();
  stage->data_.root = plan.data;
  if (plan.data.empty()) {
    std::string name = (fs::temp_directory_path() / "meterway-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return fail(ErrorCode::Io, 0, "temporary folder");
    stage->data_.root = name;
    stage->temporary_ = true;
  }
  METERWAY_CHECK(stage->make_node(plan));
  stage->estate_folder_ = stage->data_.estate();
  stage->move_estate();
  METERWAY_CHECK(stage->start(plan));
  return stage;
}

/// The home of the demonstration, as often as there are lanes.
Status Stage::make_node(const RoadBench& plan) {
  if (fs::exists(data_.world())) return {};
  const auto root = data_.root.string();
  METERWAY_CHECK(must_run({"pki", "make", "--data", root, "--homes", std::to_string(plan.connections), "--push-port",
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
  METERWAY_CHECK(must_run({"estate", "init", "--data", root, "--homes", file.string()}));
  return {};
}

/// The homes write what their devices remember to disk as devices would to their own memory; where there is a folder
/// in memory they are moved there, so that the disk is left to the platform.
void Stage::move_estate() {
  std::error_code failed;
  const fs::path memory = "/dev/shm";
  if (!temporary_ || !fs::is_directory(memory, failed)) return;
  const auto there = memory / data_.root.filename();
  fs::copy(data_.estate(), there, fs::copy_options::recursive, failed);
  if (!failed) estate_folder_ = there;
}

Status Stage::start(const RoadBench& plan) {
  const auto root = data_.root.string();
  const auto settings = data_.root / "bench.json";
  const auto log = data_.root / "serve.log";
  // The pause before a push is for clients that are slow to note what they asked; it would only idle here.
  METERWAY_CHECK(write_text_file(settings, json{{"delivery", {{"least_delay_ms", 0}}}}.dump()));
  std::error_code ignored;
  fs::remove(log, ignored);
  METERWAY_TRY(auto platform,
               ChildProcess::start({"serve", "--data", root, "--config", settings.string(), "--no-estate",
                                    "--http-port", "0", "--smki-port", "0", "--link-port", "0"},
                                   false, log.string()));
  platform_.emplace(std::move(platform));
  for (int i = 0;; ++i) {
    const auto said = read_text_file(log);
    if (said && said->find("ready:") != std::string::npos) break;
    if (i == 600 || !platform_->running()) return fail(ErrorCode::Timeout, 0, "the platform");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  METERWAY_TRY(world_, load_world(data_.world()));
  METERWAY_TRY(auto estate, ChildProcess::start({"estate", "--data", root, "--estate", estate_folder_.string(),
                                                 "--link", fmt::format("{}:{}", world_.address, world_.link_port),
                                                 "--latency-ms", std::to_string(plan.latency_ms)},
                                                true));
  estate_.emplace(std::move(estate));
  METERWAY_TRY(keys_, UserKeys::open(data_, world_, world_.users.front().eui));
  METERWAY_TRY(load_, Load::open(world_, *keys_, plan.connections));
  return {};
}

/// The answer is what a User would accept: signed by the DCC, the device's MAC and signature right.
Status check_answer(const std::string& answer, const Stage& stage) {
  METERWAY_TRY(const auto read, read_answer(answer, stage.keys()));
  METERWAY_TRY(const auto opened,
               open_payload(read.payload, stage.keys(), stage.world().access_control_broker, read.request_id));
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
    const double platform = cpu_of_us(stage.platform()), estate = cpu_of_us(stage.estate()), own = cpu_of_us(getpid());
    const auto tally = stage.load().run(what, stretch, plan.rate);
    const auto each = [&](double before, pid_t process) {
      return (cpu_of_us(process) - before) / static_cast<double>(std::max<std::size_t>(1, tally.done));
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
