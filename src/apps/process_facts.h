#pragma once
#include <cstdint>

namespace meterway::apps {

/// What the system says of this process; zero where it says nothing.
struct ProcessFacts {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0, threads = 0, open_files = 0, most_files = 0;
};
/// From /proc/self and the limits of the process.
ProcessFacts process_facts();

}  // namespace meterway::apps
