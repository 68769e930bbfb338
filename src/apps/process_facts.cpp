#include "apps/process_facts.h"

#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace meterway::apps {

ProcessFacts process_facts() {
  ProcessFacts out;
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0) {
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    out.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  }
  std::ifstream status("/proc/self/status");
  constexpr std::string_view kResident = "VmRSS:", kThreads = "Threads:";
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(kResident))
      out.resident_bytes = std::strtoull(line.c_str() + kResident.size(), nullptr, 10) << 10;
    if (line.starts_with(kThreads)) out.threads = std::strtoull(line.c_str() + kThreads.size(), nullptr, 10);
  }
  std::error_code error;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end; at.increment(error))
    ++out.open_files;
  if (out.open_files > 0) --out.open_files;  // the one that this look has opened
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) out.most_files = limit.rlim_cur;
  return out;
}

}  // namespace meterway::apps
