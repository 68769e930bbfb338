#include "apps/bench_node.h"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <thread>

#include "apps/bench_http.h"
#include "base/util/file.h"
#include "field/sim/estate_table.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::minutes kPatience{2};  // for the platform to start

}  // namespace

Status must_run(const std::vector<std::string>& arguments) {
  METERWAY_TRY(auto child, ChildProcess::start(arguments, true));  // standard output is for the figures
  const int status = child.wait();
  if (status != 0) return fail(ErrorCode::Io, static_cast<std::size_t>(status), "a command of the bench");
  return {};
}

double cpu_us(pid_t process) {
  clockid_t clock;
  timespec now{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &now) != 0) return 0;
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

Result<std::unique_ptr<BenchNode>> BenchNode::open(const fs::path& folder, std::size_t homes) {
  std::unique_ptr<BenchNode> node(new BenchNode);
  node->data_.root = folder;
  if (folder.empty()) {
    std::string name = (fs::temp_directory_path() / "meterway-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return fail(ErrorCode::Io, 0, "temporary folder");
    node->data_.root = name;
    node->temporary_ = true;
  }
  if (!fs::exists(node->data_.world())) METERWAY_CHECK(node->make(homes));
  return node;
}

BenchNode::~BenchNode() {
  platform_.reset();
  std::error_code ignored;
  if (temporary_) fs::remove_all(data_.root, ignored);
}

/// The home of the demonstration, so often.
Status BenchNode::make(std::size_t homes) {
  const auto root = data_.root.string();
  METERWAY_CHECK(must_run({"pki", "make", "--data", root, "--homes", std::to_string(homes), "--push-port",
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

Status BenchNode::start_platform(const std::string& settings) {
  const auto file = data_.root / "bench.json";
  const auto log = data_.root / "serve.log";
  METERWAY_CHECK(write_text_file(file, settings));
  std::error_code ignored;
  fs::remove(log, ignored);
  METERWAY_TRY(auto platform,
               ChildProcess::start({"serve", "--data", data_.root.string(), "--config", file.string(), "--no-estate",
                                    "--http-port", "0", "--tls-port", "0", "--smki-port", "0", "--link-port", "0"},
                                   false, log.string()));
  platform_.emplace(std::move(platform));
  for (auto waited = kLook * 0;; waited += kLook) {
    const auto said = read_text_file(log);
    if (said && said->find("ready:") != std::string::npos) break;
    if (waited >= kPatience || !platform_->running()) return fail(ErrorCode::Timeout, 0, "the platform");
    std::this_thread::sleep_for(kLook);
  }
  METERWAY_TRY(world_, load_world(data_.world()));
  return {};
}

Result<ChildProcess> BenchNode::start_estate(const fs::path& folder, const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{"estate",
                               "--data",
                               data_.root.string(),
                               "--estate",
                               folder.string(),
                               "--link",
                               fmt::format("{}:{}", world_.address, world_.link_port)};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return ChildProcess::start(all, true);
}

}  // namespace meterway::apps
