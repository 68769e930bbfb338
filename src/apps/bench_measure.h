#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/util/result.h"

/// What benches of large stores share: a folder of their own, the clock, and how figures are told.
namespace meterway::apps {

class Subcommand;

struct BenchOutput {
  std::string keep;  ///< the folder, kept afterwards; empty: a temporary one
  bool json = false;
};
void add_output_options(Subcommand& command, BenchOutput& output, const char* kept);
/// Runs it in the folder and prints its figures, a line each or as one JSON object; the exit status.
int run_in_folder(const std::string& name, const BenchOutput& output,
                  const std::function<Result<nlohmann::json>(const std::filesystem::path& folder)>& bench);

double seconds_since(std::chrono::steady_clock::time_point begin);

struct Times {
  double p50 = 0, p99 = 0, share = 0;  ///< microseconds of this thread; how many of them said yes
};
/// By the CPU clock of this thread, so that whoever else is on the machine does not count.
Result<Times> measure_each(std::size_t count, const std::function<Result<bool>(std::size_t)>& one);

}  // namespace meterway::apps
