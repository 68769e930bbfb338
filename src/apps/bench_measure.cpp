#include "apps/bench_measure.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "apps/command_line.h"

namespace meterway::apps {
namespace {

double cpu_micros() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

}  // namespace

void add_output_options(Subcommand& command, BenchOutput& output, const char* kept) {
  command.add_option("--keep", output.keep, kept);
  command.add_flag("--json", output.json, "One JSON object");
}

int run_in_folder(const std::string& name, const BenchOutput& output,
                  const std::function<Result<nlohmann::json>(const std::filesystem::path&)>& bench) {
  namespace fs = std::filesystem;
  auto folder = (fs::temp_directory_path() / ("meterway_" + name + "_XXXXXX")).string();
  if (!output.keep.empty())
    folder = output.keep;
  else if (::mkdtemp(folder.data()) == nullptr)
    return 1;
  const auto result = bench(folder);
  if (output.keep.empty()) fs::remove_all(folder);
  if (!result) {
    fmt::print(stderr, "bench {}: {}\n", name, describe(result.error()));
    return 1;
  }
  if (output.json) {
    fmt::print("{}\n", result->dump(2));
    return 0;
  }
  for (const auto& [key, value] : result->items()) fmt::print("{:42} {:>14.3f}\n", key, value.get<double>());
  return 0;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Result<Times> measure_each(std::size_t count, const std::function<Result<bool>(std::size_t)>& one) {
  std::vector<double> micros;
  micros.reserve(count);
  std::size_t yes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = cpu_micros();
    METERWAY_TRY(const bool said, one(i));
    micros.push_back(cpu_micros() - begin);
    yes += said ? 1 : 0;
  }
  std::sort(micros.begin(), micros.end());
  return Times{micros[count / 2], micros[count * 99 / 100], static_cast<double>(yes) / static_cast<double>(count)};
}

}  // namespace meterway::apps
